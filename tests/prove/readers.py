"""Readers: eight processes ask through the symlink while editions are published and refused.

Every publication is published by the real `publish`, a day later by its clock than the one before,
so that retention removes files that readers may have open. The marts are one table of marked rows
instead of what dbt builds; a refused candidate's rows carry a mark that no analyst may ever see.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from core.config import PROJECT_ROOT
from core.errors import PublishError
from core.files import read_json, write_json
from core.home import Home
from core.plan import Run
from tests.prove.clock import set_clocks
from tests.prove.reader import ROWS
from tests.warehouse.newsroom import land, pass_gate, write_config
from warehouse.candidate import open_candidate
from warehouse.database import open_for_writing
from warehouse.publish import publish

PUBLICATIONS, REFUSED = 100, 20
WAYS = ("symlink", "symlink", "symlink", "attach", "attach", "tool", "stays", "stays")
_FIRST = date(2025, 1, 1)
_RETENTION = "publications: {daily: 3, weekly: 1, monthly: 1, grace_hours: 1}\n"


@dataclass(frozen=True)
class Reading:
    """What all readers saw together; seconds. `kept` counts the files that retention left."""

    published: int
    refused: int
    kept: int
    seen: list[dict[str, Any]]

    def total(self, name: str) -> int:
        return sum(len(one[name]) if name == "errors" else one[name] for one in self.seen)

    def slowest(self, name: str) -> float:
        return max(float(one[name]) for one in self.seen)

    @property
    def wrong(self) -> list[str]:
        """What must not have been: the names of counts above zero, and the first error."""
        names = ("errors", "unvalidated", "torn", "lower")
        told = [f"{name}: {self.total(name)}" for name in names if self.total(name)]
        return told + [error for one in self.seen for error in one["errors"][:1]]

    def row(self) -> dict[str, Any]:
        """The figures for the page; `publications` is what a reader saw on average."""
        counted = ("queries", "connects", "errors", "unvalidated", "torn", "lower")
        return {
            "readers": len(self.seen),
            "published": self.published,
            "refused": self.refused,
            "kept": self.kept,
            "wrong": "; ".join(self.wrong),
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0],
            "publications": self.total("publications") / len(self.seen),
            **{name: self.total(name) for name in counted},
            **{name: self.slowest(name) for name in ("slowest_connect", "slowest_first_query")},
        }


def read_while_publishing(folder: Path, published: int, refused: int, seed: int) -> Reading:
    """Publish and refuse in an order drawn by lot, with the readers at work."""
    kinds = [True] * (published - 1) + [False] * refused
    random.Random(seed).shuffle(kinds)
    with _newsroom(folder) as home, _readers(home, folder) as seen:
        try:
            for number, passes in enumerate([True, *kinds]):
                set_clocks(number - len(kinds) - 1)
                _publish(_candidate(home, number, passes=passes), passes=passes)
                if number == 0:
                    seen.start()
        finally:
            set_clocks(-1e-9)
        kept = len(list(home.publications.glob("p*.duckdb")))
    return Reading(published, refused, kept, seen.told)


@contextmanager
def _newsroom(folder: Path) -> Iterator[Home]:
    before = dict(os.environ)
    config = write_config(folder / "config")
    (config / "retention.yml").write_text(_RETENTION)
    os.environ |= {"BROADSHEET_HOME": str(folder / "home"), "BROADSHEET_CONFIG": str(config)}
    try:
        yield Home(folder / "home")
    finally:
        os.environ.clear()
        os.environ.update(before)


def _candidate(home: Home, number: int, *, passes: bool) -> Run:
    """A candidate whose rows all say whether the gate passes it."""
    day = _FIRST + timedelta(days=number)
    run = land(home, str(day), ["a"])
    open_candidate(run.run_id)
    with open_for_writing(home.candidate(run.run_id), run.work / "spill") as connection:
        connection.execute(
            f"create or replace table marts.marker as select $1 as run_id, $2 as is_validated"
            f" from range({ROWS})",
            [run.run_id, passes],
        )
    pass_gate(run)
    if not passes:
        verdict = run.work / "verdicts" / "gate.json"
        write_json(verdict, {**read_json(verdict), "result": "refused"})
    return run


def _publish(run: Run, *, passes: bool) -> None:
    try:
        publish(run.run_id)
    except PublishError:
        assert not passes
    else:
        assert passes


class _Readers:
    """The processes; `told` is what they printed when they were stopped."""

    def __init__(self, home: Home, stop: Path) -> None:
        self._home, self._stop = home, stop
        self._processes: list[subprocess.Popen[str]] = []
        self.told: list[dict[str, Any]] = []

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.prove.reader", str(self._home.root)]
        self._processes = [
            subprocess.Popen(
                [*command, way, str(self._stop)],
                cwd=PROJECT_ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for way in WAYS
        ]
        time.sleep(2)  # until they have loaded DuckDB

    def stop(self) -> None:
        self._stop.touch()
        for process in self._processes:
            out, _ = process.communicate(timeout=60)
            self.told.append(json.loads(out))


@contextmanager
def _readers(home: Home, folder: Path) -> Iterator[_Readers]:
    readers = _Readers(home, folder / "stop")
    try:
        yield readers
    finally:
        readers.stop()
