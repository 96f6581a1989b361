"""A newsroom in a folder: two editions published, the third to come; and its snapshots.

The third is run task by task without harm; before every task the home is copied. A case begins
with such a copy, laid where the original was, as plans hold whole paths.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from core.config import PROJECT_ROOT
from core.home import Home
from tests.e2e import newsroom
from tests.prove.steps import TASKS, Job, Process, State, returned
from tests.prove.tables import table_hashes
from tests.support.serving import serve_site

RUN = "third"
EDITION = date(2026, 10, 16)
_DAY = 86_400
# So little is kept that the third publication removes the first, and its run's work folder.
_RETENTION = "publications: {daily: 1, weekly: 1, monthly: 1, grace_hours: 1}\nwork_days: 14\n"


@dataclass
class Room:
    """`folder` holds the configuration, a site a day, the home, and a copy of it by task.

    `expected` are the table hashes of the undisturbed third publication, `base` those of the
    second; `seconds` is how long each task took; `state` is what tasks handed on.
    """

    folder: Path
    expected: dict[str, str]
    base: dict[str, str]
    seconds: dict[str, float]
    state: State

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    @property
    def sources(self) -> Path:
        return _sources(self.folder, EDITION)

    def rewind(self, task: str) -> None:
        """Lay the home back to how it was before `task` of the third run."""
        shutil.rmtree(self.home.root)
        copy_home(self.folder / "before" / task, self.home.root)


def copy_home(origin: Path, copy: Path) -> None:
    """Copy a home with its links: seals are other names of landed files."""
    seen: dict[int, Path] = {}

    def one(source: str, target: str) -> str:
        inode = Path(source).stat().st_ino
        if inode in seen:
            os.link(seen[inode], target)
        else:
            shutil.copy2(source, target)
            seen[inode] = Path(target)
        return target

    shutil.copytree(origin, copy, symlinks=True, copy_function=one)


def _sources(folder: Path, edition: date) -> Path:
    return folder / str(edition) / "sources.yml"


@contextmanager
def served(folder: Path, edition: date) -> Iterator[None]:
    """The site of an edition on loopback, named in the environment."""
    with contextmanager(serve_site)(_sources(folder, edition).parent / "site") as address:
        os.environ["BROADSHEET_LOCAL_SITE"] = address
        yield


def furnish(folder: Path) -> None:
    """Write configuration and sites, and name home and configuration in the environment."""
    shutil.copytree(PROJECT_ROOT / "config", folder / "config")
    (folder / "config" / "retention.yml").write_text(_RETENTION)
    for days in (2, 1, 0):
        day = EDITION - timedelta(days=days)
        newsroom.fresh(folder / str(day), day)
        if days < 2:  # pages of the days before stay, as they are looked at again
            before = folder / str(day - timedelta(days=1)) / "site"
            for outlet in before.iterdir():
                pages = folder / str(day) / "site" / outlet.name / "news"
                shutil.copytree(outlet / "news", pages, dirs_exist_ok=True)
    os.environ["BROADSHEET_HOME"] = str(folder / "home")
    os.environ["BROADSHEET_CONFIG"] = str(folder / "config")


@contextmanager
def opened(folder: Path) -> Iterator[Room]:
    """Make the room: publish two editions, run the third undisturbed, copy as it goes.

    The site of the third stays served; the environment names the room meanwhile.
    """
    before = dict(os.environ)
    try:
        furnish(folder)
        for days in (2, 1):
            day = EDITION - timedelta(days=days)
            with served(folder, day):
                run = Job(folder, f"day-{days}", plan_of(folder, day), clock_days=-8 - days)
                require(Process(run))
        _age(folder / "home" / "work" / "day-2", days=40)
        with served(folder, EDITION):
            yield _undisturbed(folder)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _age(folder: Path, days: int) -> None:
    old = time.time() - days * _DAY
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (old, old))


def plan_of(folder: Path, day: date) -> State:
    return {"parameters": {"edition": str(day), "sources": str(_sources(folder, day))}}


def require(process: Process) -> None:
    code = process.wait()
    assert code == 0, process.job.log.read_text()[-3000:]


def _undisturbed(folder: Path) -> Room:
    """Run the third edition task by task, with a copy of the home before each."""
    home = Home(folder / "home")
    base = table_hashes(home.warehouse)
    seconds: dict[str, float] = {}
    state = plan_of(folder, EDITION)
    for task in TASKS:
        copy_home(home.root, folder / "before" / task)
        process = Process(Job(folder, RUN, dict(state), task=task, last=task))
        require(process)
        events = process.events()
        seconds[task] = events[1]["at"] - events[0]["at"]
        state |= returned(events)
    return Room(folder, table_hashes(home.warehouse), base, seconds, state)
