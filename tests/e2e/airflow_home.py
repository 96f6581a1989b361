"""A home in which editions are run as a person does: `broadsheet run`, or in the UI after `up`."""

import hashlib
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cli.airflow_api import AirflowApi, segment
from cli.airflow_env import free_port
from core.config import PROJECT_ROOT
from core.home import Home
from tests.e2e import offline


@dataclass(frozen=True)
class Published:
    """What is published: the file behind the symlink, by name and by content."""

    name: str
    sha256: str

    @classmethod
    def now(cls, home: Home) -> "Published | None":
        if not home.warehouse.exists():
            return None
        with home.warehouse.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(home.warehouse.resolve().name, content)


@dataclass(frozen=True)
class Ran:
    """One `broadsheet run`: how it ended, and what its DAG runs did.

    `seconds` is what it takes on a machine that does nothing else: its CPU seconds over the
    cores, or the wall clock's if that is shorter. `states` are the states of the tasks of
    `daily_news` by id; `briefs` counts the brief's runs.
    """

    code: int
    output: str
    seconds: float
    before: Published | None
    after: Published | None
    states: dict[str, set[str]] = field(default_factory=dict)
    briefs: int = 0
    logs: tuple[Path, ...] = ()

    def tracebacks(self) -> list[str]:
        """Lines of task logs that hold a traceback, as text or as a structured record."""
        return [
            f"{log}: {line[:500]}"
            for log in self.logs
            for line in log.read_text("utf-8", "replace").splitlines()
            if "Traceback (most recent call last)" in line or '"error_detail":' in line
        ]

    def log_of(self, task: str) -> str:
        folders = {f"task_id={task}", f"task_id={task.rpartition('.')[2]}"}
        return "\n".join(
            log.read_text("utf-8", "replace") for log in self.logs if folders & set(log.parts)
        )


def broadsheet(
    home: Home, *words: str, env: dict[str, str] | None = None, beside: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """A `broadsheet` command as a process without a network but for loopback, where allowed.

    `beside` are words before the command: a program that serves it in the same network.
    """
    command = [*offline.prefix(), *beside, sys.executable, "-m", "cli.main", *words]
    variables = {**os.environ, "BROADSHEET_HOME": str(home.root), **(env or {})}
    return subprocess.run(
        command, cwd=PROJECT_ROOT, env=variables, capture_output=True, text=True, check=False
    )


def run(
    home: Home,
    sources: Path | None = None,
    env: dict[str, str] | None = None,
    beside: Sequence[str] = (),
) -> Ran:
    """Run one edition through Airflow and gather what it left."""
    before, briefs = Published.now(home), _count_briefs(home)
    started, cpu_before = time.monotonic(), _cpu_of_children()
    words = ["--sources", str(sources)] if sources else []
    ended = broadsheet(home, "run", *words, env=env, beside=beside)
    seconds = time.monotonic() - started
    seconds = min(seconds, (_cpu_of_children() - cpu_before) / (os.cpu_count() or 1))
    run_id, states = _task_states(home)
    logs = (home.airflow / "logs").glob(f"dag_id=daily_news/run_id={run_id}/**/*.log")
    brief_logs = (home.airflow / "logs").glob("dag_id=daily_brief/**/*.log")
    return Ran(
        ended.returncode,
        ended.stdout + ended.stderr,
        seconds,
        before,
        Published.now(home),
        states,
        _count_briefs(home) - briefs,
        (*logs, *brief_logs),
    )


@contextmanager
def up(home: Home, sources: Path, env: dict[str, str]) -> Iterator[AirflowApi]:
    """Airflow with its UI, as `broadsheet up` starts it; `down` at the end.

    In this machine's own network, so that a browser of the test reaches it: `sources` must be a
    newsroom with local sites.
    """
    port = free_port()
    variables = {**env, "BROADSHEET_HOME": str(home.root), "BROADSHEET_UI_PORT": str(port)}
    started = _command(variables, "up", "--sources", str(sources))
    assert started.returncode == 0, started.stdout + started.stderr
    try:
        yield AirflowApi(f"http://127.0.0.1:{port}")
    finally:
        ended = _command(variables, "down")
        assert ended.returncode == 0, ended.stdout + ended.stderr


def wait_for(api: AirflowApi, dag: str, run_id: str, *states: str, seconds: float = 300) -> str:
    """Wait until a DAG run has one of the states, and return it."""
    deadline = time.monotonic() + seconds
    path = f"/dags/{dag}/dagRuns/{segment(run_id)}"
    while (state := api.get(path)["state"]) not in states:
        assert time.monotonic() < deadline, f"{dag} {run_id} is still {state}"
        time.sleep(0.5)
    return str(state)


def _command(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words], cwd=PROJECT_ROOT, env={**os.environ, **env},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _query(home: Home, sql: str) -> list[tuple[str, ...]]:
    database = home.airflow / "airflow.db"
    if not database.exists():
        return []
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def _count_briefs(home: Home) -> int:
    return len(_query(home, "select run_id from dag_run where dag_id = 'daily_brief'"))


def _task_states(home: Home) -> tuple[str, dict[str, set[str]]]:
    """The last run of `daily_news`: its id, and the states of every task's instances."""
    rows = _query(
        home,
        "select run_id, task_id, coalesce(state, 'none') from task_instance where run_id = ("
        "select run_id from dag_run where dag_id = 'daily_news' order by id desc limit 1)",
    )
    states: dict[str, set[str]] = {}
    for _, task, state in rows:
        states.setdefault(task, set()).add(state)
    return rows[0][0] if rows else "none", states
