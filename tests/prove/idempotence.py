"""Idempotence: an edition run again, replayed without its landing, run after earlier days.

All hashes are compared with every column, what the clock said included: a replay reads it from
the archive.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from core.home import Home
from tests.prove.room import EDITION, Room, plan_of, require
from tests.prove.steps import Job, Process
from tests.prove.tables import table_hashes

# What a home is without any result: from these everything is built anew.
_ORIGINALS = ("archive", "state", "decisions")


@dataclass(frozen=True)
class Way:
    """A way to the same edition; `differing` are the tables that are not as they were."""

    name: str
    runs: int
    tables: int
    differing: list[str]


def ways(room: Room) -> Iterator[Way]:
    """Every way, each on what the one before left; begins where the third run has published."""
    yield twice_more(room)
    yield without_landing(room)
    yield backfilled(room)


def twice_more(room: Room) -> Way:
    def go() -> None:
        _run(room, "second-time")
        _run(room, "third-time")

    return _compared(room, "run a second and a third time", 2, go)


def without_landing(room: Room) -> Way:
    def go() -> None:
        for folder in room.home.landing_root.glob(f"{EDITION}/*/"):
            shutil.rmtree(folder)
        shutil.rmtree(room.home.enrich_cache)
        _run(room, "from-the-archive")

    return _compared(room, "replayed from the archive, without landing and caches", 1, go)


def backfilled(room: Room) -> Way:
    """All results are thrown away; the third day comes first, then the others, then it again."""

    def go() -> None:
        _keep_originals(room)
        for number, days_before in enumerate((0, 1, 2, 0)):
            _run(room, f"backfill-{number}", days_before)

    name = "run first of all, and again after a backfill of the two days before"
    return _compared(room, name, 4, go)


def _compared(room: Room, name: str, runs: int, go: Callable[[], None]) -> Way:
    expected = table_hashes(room.home.warehouse, with_clocks=True)
    go()
    now = table_hashes(room.home.warehouse, with_clocks=True)
    differing = [one for one in expected if now.get(one) != expected[one]]
    return Way(name, runs, len(expected), differing)


def _run(room: Room, run_id: str, days_before: int = 0) -> None:
    day = EDITION - timedelta(days=days_before)
    require(Process(Job(room.folder, run_id, plan_of(room.folder, day))))


def _keep_originals(room: Room) -> None:
    """A home as it is after a loss of all that can be built anew."""
    home, kept = room.home, Home(room.folder / "kept")
    home.root.rename(kept.root)
    home.root.mkdir()
    for name in _ORIGINALS:
        if (kept.root / name).exists():
            shutil.copytree(kept.root / name, home.root / name)
    for closed in kept.landing_root.glob("*/closed.json"):
        target = home.landing_root / closed.parent.name
        target.mkdir(parents=True)
        shutil.copy2(closed, target)
    shutil.rmtree(kept.root)
