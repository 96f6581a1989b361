"""Publishing a warehouse of 1,000,000 articles, and comparing two of its neighbours.

The warehouse is made by `bench.million`; its neighbour by an edition of 5,000 articles. Both are
published for real. The whole size needs 26 GB of disk, and about ten minutes to be made.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.million import CORPUS, large_candidate, neighbour
from core.config import PROJECT_ROOT
from core.files import file_sha256, write_json
from core.plan import Run, plan_run
from warehouse.candidate import copy_database, record_path
from warehouse.publications import require_kept
from warehouse.publish import publish

ARTICLES = 1_000_000
TARGETS = {"publishing": 30.0, "diff": 30.0}

type Figures = dict[str, dict[str, float]]


def measure(folder: Path, articles: int = ARTICLES) -> Figures:
    """Make the warehouse under `folder` and measure; as `measure_made`."""
    return measure_made(folder, *large_candidate(folder, articles))


def measure_made(folder: Path, run: Run, editions: list[date]) -> Figures:
    """Publish the run's large candidate and a neighbour of it, and compare them.

    Returns wall and CPU seconds (and, of processes, peak megabytes) of each step, by name.
    """
    figures: Figures = {}
    pass_gate(run, editions, base=None)
    with clocked(figures, "publishing the first"):
        publish(run.run_id)
    size = require_kept(run.paths).stat().st_size
    day = editions[-1] + timedelta(days=1)
    sources = folder / "newsroom" / "sources.yml"
    later = plan_run("neighbour", edition=day.isoformat(), sources=str(sources))
    with clocked(figures, "copying the base (open_candidate)"):
        copy_database(require_kept(run.paths), later.paths.candidate(later.run_id))
    neighbour(later.paths.candidate(later.run_id))
    pass_gate(later, [day], base="p000001")
    with clocked(figures, "publishing"):
        publish(later.run_id)
    figures["diff"], _ = watched(folder, "cli.main", "diff", "p000001", "p000002", "--json")
    figures["the warehouse"] = {"gigabytes": size / 1e9}
    return figures


def pass_gate(run: Run, editions: list[date], base: str | None) -> None:
    """What build and gate leave of a run whose candidate holds `editions` anew."""
    record = {
        "run_id": run.run_id,
        "base_publication_id": base,
        "editions": [
            {
                "edition": day.isoformat(),
                "collect_id": f"{day:%Y%m%d}T0500",
                "content_hash": f"{day:%Y%m%d}",
                "state": "new",
            }
            for day in {*editions, run.edition}
        ],
    }
    write_json(record_path(run), record)
    sha256 = file_sha256(run.paths.candidate(run.run_id))
    write_json(
        run.work / "verdicts" / "gate.json", {"result": "passed", "candidate_sha256": sha256}
    )


@contextmanager
def clocked(figures: Figures, name: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    figures[name] = {
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
    }


def watched(folder: Path, module: str, *words: str) -> tuple[dict[str, float], Any]:
    """A module in a process of its own: its figures, and the last line of its output as JSON."""
    log = folder / "command.log"
    command = [sys.executable, "-m", "bench.watched", str(log), sys.executable, "-m", module]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, *words],
        cwd=PROJECT_ROOT,
        env={**os.environ, "BROADSHEET_HOME": str(folder / "home")},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if figures.pop("code"):
        sys.exit(f"{module} {' '.join(words)} failed; its output is in {log}")
    seconds = time.perf_counter() - began
    return {**figures, "seconds": seconds}, json.loads(log.read_text().splitlines()[-1])


def show_all(console: Console, articles: int = ARTICLES) -> None:
    """Measure and print a table; ends the program where the real articles are absent."""
    if not CORPUS.is_dir():
        sys.exit(f"a large warehouse needs the real articles of {CORPUS}; it was not measured.")
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        console.print(f"making a warehouse of {articles:,} articles …")
        figures = measure(Path(folder), articles)
    size = figures.pop("the warehouse")["gigabytes"]
    table = Table(title=f"{articles:,} articles, {size:.1f} GB")
    for column in ("what", "seconds", "CPU seconds", "peak MB", "target"):
        table.add_column(column, justify="left" if column == "what" else "right")
    told: Callable[[float | None], str] = lambda value: f"{value:,.1f}" if value else ""  # noqa: E731
    for name, one in figures.items():
        table.add_row(
            name,
            told(one["seconds"]),
            told(one["cpu_seconds"]),
            told(one.get("peak_megabytes")),
            f"≤ {TARGETS[name]:.0f}" if name in TARGETS else "",
        )
    console.print(table)
