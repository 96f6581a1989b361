"""Kill -9 of tasks that Airflow runs: each task of one `broadsheet run` loses its first try.

A second home runs the same edition undisturbed; what both publish is compared. Airflow's own
retries are all that happens after a kill.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.config import PROJECT_ROOT
from core.home import Home
from tests.prove.tables import doubled_articles, table_hashes

TASKS = (
    "collect.plan",
    "collect.outlet.fetch",
    "collect.outlet.extract",
    "collect.land",
    "collect.check_landing",
    "enrich.enrich",
    "enrich.find_outdated",
    "enrich.group_texts",
    "build.open_candidate",
    "build.dbt.dbt_producer_watcher",
    "build.dbt.models.marts.articles.dim_article.run",
    "gate.check_marts",
    "publish.publish",
)
_LOOK_EVERY_SECONDS = 0.05
_RUNNING = """
select task_id, pid from task_instance
where dag_id = 'daily_news' and state = 'running' and pid is not null and try_number = 1
"""


@dataclass(frozen=True)
class Killed:
    """The task whose first try was killed; `wrong` tells of the whole run, in its last row."""

    task: str
    seconds: float
    wrong: str = ""


def kill_each_task(folder: Path) -> Iterator[Killed]:
    """Two runs of the sample newsroom, one of them disturbed; a row for each kill."""
    undisturbed, disturbed = Home(folder / "undisturbed"), Home(folder / "disturbed")
    with _run(undisturbed) as process:
        if process.wait():
            raise RuntimeError("the undisturbed run did not publish; its log stands above")
    started, killed = time.monotonic(), set[str]()
    with _run(disturbed) as process:
        while process.poll() is None:
            for task in _kill(disturbed, killed):
                killed.add(task)
                yield Killed(task, round(time.monotonic() - started, 1))
            time.sleep(_LOOK_EVERY_SECONDS)
        code = process.returncode
    yield Killed(
        "the run", round(time.monotonic() - started, 1), _wrong(code, undisturbed, disturbed)
    )


def _run(home: Home) -> "subprocess.Popen[bytes]":
    home.root.mkdir(parents=True)
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", "run"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "BROADSHEET_HOME": str(home.root)},
        stdout=subprocess.DEVNULL,
    )


def _kill(home: Home, done: set[str]) -> Iterator[str]:
    """Kill what runs its first try now, one instance of each task."""
    database = home.airflow / "airflow.db"
    if not database.exists():
        return
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        running = connection.execute(_RUNNING).fetchall()
    except sqlite3.OperationalError:  # locked, or not migrated yet
        return
    finally:
        connection.close()
    for task, pid in running:
        if task in TASKS and task not in done:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:  # it ended just now
                continue
            yield task


def _wrong(code: int, undisturbed: Home, disturbed: Home) -> str:
    if code:
        return f"the run ended with {code}"
    expected, found = (table_hashes(home.warehouse.resolve()) for home in (undisturbed, disturbed))
    differing = sorted(name for name in expected if found.get(name) != expected[name])
    if differing:
        return f"{', '.join(differing)} differ from an undisturbed run"
    doubled = doubled_articles(disturbed.warehouse.resolve())
    return f"{doubled} articles are there twice" if doubled else ""
