"""Rough handling: what the run says, what stays published, and that the next run mends it.

Every case is done to a task of the third edition. Then the harm is taken away, the task is run
again, and what is published must equal the undisturbed run's.
"""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from core.decisions import held_contents, read_decisions
from tests.prove.harm import obey_modes, read_only, small_disk, write_as_analyst
from tests.prove.kills import wrong_after
from tests.prove.room import EDITION, RUN, Room, copy_home, plan_of
from tests.prove.steps import TASKS, Job, Process, returned
from tests.prove.tables import table_hashes
from warehouse.publications import current, open_read_only

FOLDERS = ("archive", "landing", "state", "sealed", "publications", "quality", "work", ".")
CASES = 4 + 2 + 4 + len(FOLDERS) + 2 * len(TASKS)
_BLOCK = 4096


@dataclass(frozen=True)
class Outcome:
    """`told` is how the disturbed run ended; `wrong` is empty if nothing was lost or shown.

    `after` is what came of it where that is not the table of an undisturbed run.
    """

    harm: str
    where: str
    told: str
    wrong: str
    after: str = ""


def cases(room: Room) -> Iterator[Callable[[], Outcome]]:
    """Every case, to be called one after the other."""
    for ends in ("killed", "closed"):
        for may_all in (False, True):
            yield partial(analyst_writes, room, ends, may_all=may_all)
    yield partial(two_at_once, room, EDITION, "two runs of the edition started at once")
    before = EDITION - timedelta(days=1)
    yield partial(two_at_once, room, before, "a replay of the day before beside the daily run")
    for task, days in (("plan", -1 / 24), ("plan", -400), ("fetch", -400), ("publish", -400)):
        yield partial(clock_back, room, task, days)
    for folder in FOLDERS:
        yield partial(read_only_folder, room, folder)
    for task in TASKS:
        for share in (0.0, 0.5):
            yield partial(full_disk, room, task, share)


def full_disk(room: Room, task: str, share: float) -> Outcome:
    """The disk takes that share of what the task writes."""
    names = [*TASKS, "publish"]
    before = room.folder / "before" / task
    after = room.folder / "before" / names[names.index(task) + 1]
    growth = max(0, _blocks(after) - _blocks(before))
    home = room.home.root
    room.rewind(task)
    spare = room.folder / "spare"
    home.rename(spare)
    home.mkdir()
    try:
        with small_disk(home, 1 << 20) as resize:
            copy_home_into(spare, home)
            resize((_used(home) + int(growth * share) * _BLOCK) // 1024)
            told = _disturbed(room, Job(room.folder, RUN, dict(room.state), task=task, last=task))
            resize(1 << 20)
            wrong = _mended(room, task)
    finally:
        home.rmdir()
        spare.rename(home)
    return Outcome("the disk is full", f"{task}, {share:.0%} of its need", told, wrong)


def copy_home_into(origin: Path, folder: Path) -> None:
    """Copy a home's content into a folder that is there."""
    copy_home(origin, folder / "copy")
    for path in (folder / "copy").iterdir():
        path.rename(folder / path.name)
    (folder / "copy").rmdir()


def _used(disk: Path) -> int:
    """Bytes that are taken on a disk."""
    state = os.statvfs(disk)
    return (state.f_blocks - state.f_bfree) * state.f_frsize


def _blocks(folder: Path) -> int:
    files = {path.lstat().st_ino: path.lstat() for path in folder.rglob("*") if path.is_file()}
    return sum(-(-one.st_size // _BLOCK) for one in files.values())


def read_only_folder(room: Room, name: str) -> Outcome:
    """A folder of the home, with all in it, takes no file; the whole edition is run."""
    room.rewind("fetch")
    job = Job(room.folder, RUN, dict(room.state), task="fetch", prepare=obey_modes)
    with read_only((room.home.root / name).resolve()):
        told = _disturbed(room, job)
    where = "the home" if name == "." else f"{name}/"
    return Outcome("a folder is read-only", where, told, _mended(room, "fetch"))


def analyst_writes(room: Room, ends: str, *, may_all: bool) -> Outcome:
    """An analyst opens the current publication read-write and changes it, before the next run."""
    room.rewind("open_candidate")
    published = current(room.home)
    assert published is not None
    done = write_as_analyst(published, ends=ends, may_all=may_all)
    told = f"refused: {done.stderr.strip().splitlines()[-1]}" if done.stderr else "it wrote"
    shown, warnings = _seen_by_a_reader(room)
    told += f"; a reader is told: {_short(warnings[-1], room)}" if warnings else ""
    found = ["a reader sees it and is not told"] if shown and not warnings else []
    found.append(_mended(room, "open_candidate"))
    who = "as root" if may_all else "not root"
    how = "and closes" if ends == "closed" else "and is killed: a log stays beside the file"
    wrong = "; ".join(filter(None, found))
    return Outcome(f"an analyst opens it read-write {how}", who, _short(told, room), wrong)


def _seen_by_a_reader(room: Room) -> tuple[int, list[str]]:
    """Rows that an analyst wrote, as `broadsheet sql` shows them, and what it warns of."""
    warnings: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: warnings.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("warehouse.publications")
    logger.addHandler(handler)
    try:
        with open_read_only(room.home) as connection:
            row = connection.execute(
                "select count(*) from marts.dim_article where title = 'nobody checked this'"
            ).fetchone()
    finally:
        logger.removeHandler(handler)
    return (row[0] if row else 0), warnings


def two_at_once(room: Room, other: date, harm: str) -> Outcome:
    """Another run starts with the third one; what one of them cannot do is done again."""
    room.rewind("plan")
    state = plan_of(room.folder, other)
    jobs = [Job(room.folder, RUN, dict(room.state)), Job(room.folder, "beside", state)]
    processes = [Process(job) for job in jobs]
    codes = [process.wait() for process in processes]
    told = [
        "published" if code == 0 else _short(process.told(), room)
        for code, process in zip(codes, processes, strict=True)
    ]
    wrong = ""
    for code, process in zip(codes, processes, strict=True):
        if code:  # as the sentence says: its build tasks again
            job = process.job
            known = job.state | returned(process.events())
            again = Process(Job(room.folder, job.run_id, known, task="open_candidate"))
            wrong = wrong or wrong_after(room, again.wait(), job.run_id)
    return Outcome(harm, "whole runs", " · ".join(told), wrong or wrong_after(room, 0))


def clock_back(room: Room, task: str, days: float) -> Outcome:
    """The clock is set back before `task`; then it is right again."""
    room.rewind(task)
    before = current(room.home)
    state = dict(room.state)
    told = _disturbed(room, Job(room.folder, RUN, state, task=task, clock_days=days))
    wrong, after = _mended(room, task), ""
    now = current(room.home)
    if wrong and held_contents(read_decisions(room.home)):
        # The archive says for ever when a page was fetched; whether that matters a person decides.
        wrong = "" if table_hashes(room.home.warehouse) == room.base else wrong
        after = "held, until a person overrides it; what was published stays"
    elif before and now and now.stem <= before.stem:
        wrong += f"; {now.stem} came after {before.stem}"
    back = f"{-days:.0f} days" if days <= -1 else f"{-days * 24:.0f} hour"
    return Outcome(f"the clock is set back by {back}", f"from {task} on", told, wrong, after)


def _disturbed(room: Room, job: Job) -> str:
    """Run while harm is done; how that ended. An analyst must see old or new, whole."""
    process = Process(job)
    code = process.wait()
    seen = table_hashes(room.home.warehouse)
    if seen not in (room.base, room.expected):
        return "AN ANALYST SEES NEITHER OLD NOR NEW"
    if code == 0:
        return "it went well"
    ended = next(one["task"] for one in reversed(process.events()) if one["event"] == "begin")
    return f"{ended}: {_short(process.told(), room)}"


def _short(told: str, room: Room) -> str:
    """A sentence without this room's paths and the exception's class."""
    told = told.removeprefix("core.errors.")
    return told.replace(f"{room.home.root}/", "").replace(str(room.home.root), "the home")


def _mended(room: Room, task: str) -> str:
    """Run the task and those after it without harm; what is wrong then."""
    return wrong_after(room, Process(Job(room.folder, RUN, dict(room.state), task=task)).wait())
