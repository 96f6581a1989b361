"""CPU and wall seconds of every station: one edition without Airflow, task by task."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.together import cpu_seconds
from core.landed import read_landed
from core.plan import load_run
from tests.support.run_edition import run_edition


class Meter:
    """Collects, per task, wall and CPU seconds of this process and of its ended children."""

    def __init__(self) -> None:
        self.tasks: dict[str, dict[str, float]] = {}

    @contextmanager
    def __call__(self, task: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), cpu_seconds()
        try:
            yield
        finally:
            self.tasks[task] = {
                "wall_seconds": time.perf_counter() - wall,
                "cpu_seconds": cpu_seconds() - cpu,
            }


def measure(run_id: str, sources: Path) -> dict[str, Any]:
    """Run one edition of `sources` in `$BROADSHEET_HOME`; figures per task and in all."""
    meter = Meter()
    published = run_edition(run_id, sources=str(sources), brief=True, watch=meter)
    articles = read_landed(load_run(run_id).landing, "article").height
    return {
        "tasks": meter.tasks,
        "articles": articles,
        **published,
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
