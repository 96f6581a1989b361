"""Groups a new edition and builds its stories in a home with a history; prints what that cost.

    BROADSHEET_HOME=… python -m bench.stories_client

The tasks are those of the DAG, dbt with the models of near-duplicates and stories alone.
"""

import json
import shutil
from collections.abc import Callable

from bench.history import MODELS, RUN_ID
from bench.stations import Meter
from bench.together import peak_megabytes
from core.plan import Run, load_run
from enrich.stories import pair_edition
from enrich.story_links import link_edition
from warehouse.candidate import open_candidate
from warehouse.dbt import run_dbt


def _build(run: Run) -> None:
    if not run_dbt(run, "run", "--select", *MODELS).success:
        raise RuntimeError("dbt could not build the stories; its message stands above")


def measure() -> dict[str, dict[str, float]]:
    """Wall and CPU seconds of each task; what the run left is deleted, so that it can run again."""
    run, meter = load_run(RUN_ID), Meter()
    run_dbt(run, "ls", "--select", "dim_story")  # parses the project
    tasks: dict[str, Callable[[], object]] = {
        "near-duplicates": lambda: pair_edition(RUN_ID),
        "story links": lambda: link_edition(RUN_ID),
        "open_candidate": lambda: open_candidate(RUN_ID),
        "dbt": lambda: _build(run),
    }
    for name, task in tasks.items():
        with meter(name):
            task()
    sealed = run.paths.root / "sealed" / run.edition.isoformat()
    shutil.rmtree(sealed)
    return {**meter.tasks, "process": {"megabytes": peak_megabytes()}}


if __name__ == "__main__":
    print(json.dumps(measure()))
