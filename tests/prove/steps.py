"""The tasks of an edition one by one, and a process that runs them from any task on.

The process is forked from a server that has loaded the libraries and runs nothing else (a fork of
a process with threads may hang), leads a session of its own with all that it starts, and writes a
line to a journal where each task begins and ends. It knows what Airflow would hand a task that is
tried again: the run id, and what earlier tasks returned.
"""

import json
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.files import disk_told
from core.home import Home
from core.plan import load_run, plan_run
from enrich.again import enrich_again
from enrich.grouping import group_edition
from enrich.run import enrich_shard
from expectations.gate import check_landing, check_marts
from ingest.collect import collect_shard
from ingest.extract_shard import extract_shard
from ingest.land import land_edition
from tests.prove.clock import set_clocks
from warehouse import dbt
from warehouse.candidate import open_candidate
from warehouse.outdated import find_outdated
from warehouse.publish import publish

type Victim = Literal["all", "the leader", "a child"]
State = dict[str, Any]
"""What earlier tasks returned, by task; `parameters` holds the plan's."""


def _plan(run_id: str, state: State) -> None:
    plan_run(run_id, **state["parameters"])


def _fetch(run_id: str, _state: State) -> None:
    for shard in load_run(run_id).shards:
        collect_shard(run_id, shard.model_dump())


def _extract(run_id: str, _state: State) -> None:
    for shard in load_run(run_id).shards:
        extract_shard(run_id, shard.model_dump())


def _enrich(run_id: str, state: State) -> None:
    for shard in state["land"]["text_shards"]:
        enrich_shard(run_id, shard)


def _enrich_again(run_id: str, state: State) -> None:
    for shard in state["find_outdated"]:
        enrich_again(run_id, shard)


TASKS: dict[str, Callable[[str, State], Any]] = {
    "plan": _plan,
    "fetch": _fetch,
    "extract": _extract,
    "land": lambda run_id, _: land_edition(run_id),
    "check_landing": lambda run_id, _: check_landing(run_id),
    "enrich": _enrich,
    "find_outdated": lambda run_id, _: find_outdated(run_id),
    "enrich_again": _enrich_again,
    "group_texts": lambda run_id, _: group_edition(run_id),
    "open_candidate": lambda run_id, _: open_candidate(run_id),
    "dbt": lambda run_id, _: dbt.build(run_id),
    "check_marts": lambda run_id, _: check_marts(run_id),
    "publish": lambda run_id, _: publish(run_id),
}


@dataclass(frozen=True)
class Job:
    """A run from `task` to `last`; `state` is what the tasks before it returned.

    `prepare` is called in the process before the first task; `clock_days` is added to its clock.
    """

    folder: Path
    run_id: str
    state: State
    task: str = "plan"
    last: str = "publish"
    prepare: Callable[[], None] | None = None
    clock_days: float = 0.0

    @property
    def journal(self) -> Path:
        return self.folder / f"journal-{self.run_id}.jsonl"

    @property
    def log(self) -> Path:
        return self.folder / f"log-{self.run_id}.txt"


_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.prove.preloaded"])


class Process:
    """A process that does a job, and all that it starts."""

    def __init__(self, job: Job) -> None:
        self.job = job
        job.journal.unlink(missing_ok=True)
        self._process = _forks.Process(target=_work, args=(job, dict(os.environ)))
        self._process.start()

    def events(self) -> list[dict[str, Any]]:
        """The journal so far: `event` (begin or end), `task`, `at` (seconds), `returned`."""
        if not self.job.journal.exists():
            return []
        lines = self.job.journal.read_text().split("\n")[:-1]
        return [json.loads(line) for line in lines]

    def is_running(self) -> bool:
        return self._process.is_alive()

    def wait(self, seconds: float = 600) -> int:
        """The exit code, negative for a signal; 124 where it had to be killed after `seconds`."""
        self._process.join(seconds)
        if self._process.exitcode is None:
            self.kill()
            return 124
        return self._process.exitcode

    def kill(self, victim: Victim = "all") -> None:
        """SIGKILL to the whole session, to its leader alone, or to one of the leader's children.

        Ends with the leader's end, but for the kill of a child.
        """
        members = self.members()
        chosen = {"all": members, "the leader": members[:1], "a child": members[-1:]}[victim]
        for one in chosen:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        if victim != "a child":
            self.wait()

    def members(self) -> list[int]:
        """The living processes of the session, the leader first."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                    if int(fields[3]) == self._process.pid and fields[0] != "Z":
                        found.append(int(entry.name))
        return sorted(found, key=lambda one: (one != self._process.pid, one))

    def told(self) -> str:
        """The sentence that it ended with, else the last line of what it wrote."""
        lines = self.job.log.read_text().strip().splitlines() if self.job.log.exists() else []
        sentences = [line for line in lines if line.startswith("core.errors.")]
        return (sentences or lines or [""])[-1]


def _work(job: Job, environment: dict[str, str]) -> None:
    """The body of the process.

    Raises:
        SystemExit: with 1; what ended a task stands in the job's log.
    """
    os.environ.clear()
    os.environ.update(environment)
    os.setsid()
    log = os.open(job.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        set_clocks(job.clock_days)
        if job.prepare:
            job.prepare()
        with job.journal.open("a", buffering=1) as journal:
            names = list(TASKS)
            for task in names[names.index(job.task) : names.index(job.last) + 1]:
                _note(journal, "begin", task)
                with disk_told(Home.from_environment().root):  # as every task of the DAG does
                    returned = TASKS[task](job.run_id, job.state)
                job.state.setdefault(task, returned)
                _note(journal, "end", task, returned)
    except BaseException:  # noqa: BLE001 - whatever ends a task is told, as Airflow's log does
        traceback.print_exc()
        raise SystemExit(1) from None
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _note(journal: Any, event: str, task: str, returned: Any = None) -> None:
    line = {"event": event, "task": task, "at": time.monotonic(), "returned": returned}
    journal.write(json.dumps(line, default=str) + "\n")


def returned(events: list[dict[str, Any]]) -> State:
    """What the tasks that ended returned."""
    return {one["task"]: one["returned"] for one in events if one["event"] == "end"}
