"""A run with nothing new, with the scheduler up: from its trigger to the publication.

An edition of the sample newsroom is run once; then it is run again, which reads its archive anew
and finds nothing that the warehouse lacks.
"""

import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console

from cli.airflow_env import environment, free_port, prepare
from cli.airflow_processes import Airflow, airflow, local_site
from cli.run import run_edition
from core.config import config_folder, load_sources
from core.home import Home

RUNS = 3
TARGET_SECONDS = 60.0


def show_all(console: Console) -> None:
    """Print the seconds of each run beside the target."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        home = Home(Path(folder) / "home").require_writable()
        console.print("a run with nothing new: starting Airflow and running the first edition …")
        with _started(home) as flow:
            silent = Console(quiet=True)
            run_edition(flow, silent, home, {})
            seconds = [_seconds(flow, silent, home) for _ in range(RUNS)]
    told = ", ".join(f"{one:.1f}" for one in seconds)
    console.print(
        f"a run with nothing new, trigger to publication: median {statistics.median(seconds):.1f} s"
        f" ({told}); target {TARGET_SECONDS:.0f}\n",
        soft_wrap=True,
    )


@contextmanager
def _started(home: Home) -> Iterator[Airflow]:
    """Airflow as `broadsheet run` starts it, with the sample newsroom served on loopback."""
    config = config_folder()
    folder = config / str(load_sources(config / "sources.yml").local_site)
    os.environ["BROADSHEET_HOME"] = str(home.root)
    with local_site(folder, free_port(), home.airflow / "logs" / "processes") as site:
        variables = {**environment(home, free_port()), "BROADSHEET_SCHEDULE": "off"}
        variables["BROADSHEET_LOCAL_SITE"] = str(site)
        prepare(home, variables)
        with airflow(home, variables) as flow:
            yield flow


def _seconds(flow: Airflow, console: Console, home: Home) -> float:
    """From the moment that Airflow took the trigger to that of the symlink's swap."""
    run_edition(flow, console, home, {})
    path = "/dags/daily_news/dagRuns"
    newest = flow.api.get(path, order_by="-run_after", limit=1)["dag_runs"][0]
    published = home.warehouse.lstat().st_mtime
    return published - datetime.fromisoformat(newest["queued_at"]).timestamp()
