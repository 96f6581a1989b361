"""Kill -9: a run is killed and run again, and what is published equals an undisturbed run.

Half of the random kills hit every process of the run, half one of them, drawn by lot. Then the
killed task is tried again as Airflow does, or all tasks of the run are cleared, or the edition is
run anew under another run id. Every tenth run is whole from its plan on; the others begin with
the task that is to die, on a copy of what the tasks before it left.
"""

import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

import duckdb

from tests.prove.points import POINTS
from tests.prove.room import RUN, Room
from tests.prove.steps import TASKS, Job, Process, returned
from tests.prove.tables import doubled_articles, table_hashes

RANDOM_KILLS = 200
KILLS_AT_EACH_POINT = 3
_RESTARTS = {"task": 6, "all tasks": 2, "another run": 2}


@dataclass(frozen=True)
class Case:
    """A kill and what came of it; `wrong` is empty if all was as it must be."""

    kind: str
    task: str
    victim: str
    restart: str
    wrong: str
    seconds: float

    def row(self) -> dict[str, object]:
        return asdict(self)


def random_kill(room: Room, seed: int, number: int) -> Case:
    """The kill of that number, at an instant drawn evenly from the time that the tasks take.

    Where the run was faster and had ended by then, another instant is drawn.
    """
    chance = random.Random(f"{seed}/{number}")
    while True:
        case = _random_kill(room, chance, is_whole=number % 10 == 9)
        if case is not None:
            return case


def point_kill(room: Room, name: str, number: int) -> Case:
    """A kill at the named point; `number` moves it on a little and says how it is restarted."""
    started, where = time.monotonic(), POINTS[name]
    room.rewind(where.task)
    arm: Callable[[], None] = partial(where.arm, number)
    process = Process(Job(room.folder, RUN, dict(room.state), task=where.task, prepare=arm))
    code = process.wait()
    if code != -9:
        told = f"the point was not reached (exit {code}): {process.told()}"
        return Case(name, where.task, "all", "none", told, time.monotonic() - started)
    restart = list(_RESTARTS)[number % len(_RESTARTS)]
    return _run_again(room, process, name, "all", restart, started)


def one_kill_a_task(room: Room, seed: int) -> list[Case]:
    """One edition, each of whose tasks is killed once and tried again; the last case judges it."""
    chance = random.Random(seed)
    started = time.monotonic()
    room.rewind("fetch")
    names = list(TASKS)[1:]
    state, cases = dict(room.state), []
    for place, task in enumerate(names):
        before = names[max(0, place - 1)]
        process = Process(Job(room.folder, RUN, dict(state), task=before))
        victim = _kill_at(process, chance, task, room.seconds[task] * chance.random())
        state |= returned(process.events())
        if victim is not None:
            cases.append(Case("one a task", task, victim, "task", _seen_after(room), 0.0))
    ended = Process(Job(room.folder, RUN, dict(state), task=names[-1])).wait()
    wrong = wrong_after(room, ended)
    return [
        *cases,
        Case("one a task", "publish", "none", "task", wrong, time.monotonic() - started),
    ]


def _random_kill(room: Room, chance: random.Random, *, is_whole: bool) -> Case | None:
    """One kill; None where the run had ended before its instant came."""
    started = time.monotonic()
    task, offset = _instant(room, chance.uniform(0, sum(room.seconds.values())))
    first = "plan" if is_whole else task
    room.rewind(first)
    process = Process(Job(room.folder, RUN, dict(room.state), task=first))
    victim = _kill_at(process, chance, task, offset)
    if victim is None:
        return None
    restart = chance.choices(list(_RESTARTS), list(_RESTARTS.values()))[0]
    return _run_again(room, process, "random", victim, restart, started)


def _instant(room: Room, at: float) -> tuple[str, float]:
    """The task that runs `at` seconds after the start, and how long it has run then."""
    for task, seconds in room.seconds.items():
        if at <= seconds:
            return task, at
        at -= seconds
    return "publish", at


def _kill_at(process: Process, chance: random.Random, task: str, offset: float) -> str | None:
    """Kill all or one of the processes `offset` seconds after `task` began; who was killed."""
    is_all = chance.random() < 0.5
    while process.is_running() and not _has_begun(process, task):
        time.sleep(0.005)
    limit = time.monotonic() + offset
    while process.is_running() and time.monotonic() < limit:
        time.sleep(0.002)
    if not process.is_running():
        return None
    return process.kill(None if is_all else chance)


def _has_begun(process: Process, task: str) -> bool:
    return any(one["task"] == task for one in process.events())


def _run_again(
    room: Room, killed: Process, kind: str, victim: str, restart: str, started: float
) -> Case:
    """Restart what was killed, once, and look at what is published."""
    code = killed.wait()  # a run that lost a child may end by itself, well or not
    events = killed.events()
    task = next(one["task"] for one in reversed(events) if one["event"] == "begin")
    wrong, run_id = _seen_after(room), RUN
    if code == 0:
        restart = "none: it went on"
    else:
        killed.kill()
        state = room.state | returned(events)
        first = task if restart == "task" else "plan"
        run_id = "another" if restart == "another run" else RUN
        try:
            code = Process(Job(room.folder, run_id, dict(state), task=first)).wait()
        except TimeoutError as error:
            wrong += f"; {error}"
    wrong = "; ".join(filter(None, [wrong, wrong_after(room, code, run_id)]))
    return Case(kind, task, victim, restart, wrong, time.monotonic() - started)


def _seen_after(room: Room) -> str:
    """What is wrong with what an analyst sees between the kill and the restart."""
    seen = table_hashes(room.home.warehouse)
    return "" if seen in (room.base, room.expected) else "an analyst saw neither old nor new"


def wrong_after(room: Room, code: int, run_id: str = RUN) -> str:
    """What is wrong once a run has ended with `code`; empty where all is as it must be."""
    if code:
        log = (room.folder / f"log-{run_id}.txt").read_text().strip().splitlines()
        return f"the run ended with {code}: {log[-1] if log else ''}"
    now = table_hashes(room.home.warehouse)
    other = [name for name in room.expected if now.get(name) != room.expected[name]]
    found = [f"{name} differs" for name in other]
    if doubled := doubled_articles(room.home.warehouse):
        found.append(f"{doubled} articles doubled")
    if stray := stray_files(room):
        found.append(f"left behind: {', '.join(stray)}")
    return "; ".join(found)


def stray_files(room: Room) -> list[str]:
    """Files in the folder of publications that no publication is, and logs beside them."""
    with duckdb.connect(str(room.home.warehouse), read_only=True) as connection:
        rows = connection.execute("select publication_id from meta.publication").fetchall()
    known = {f"{one}.duckdb" for (one,) in rows}
    return sorted(one.name for one in room.home.publications.iterdir() if one.name not in known)
