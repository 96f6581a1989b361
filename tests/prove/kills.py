"""Kill -9: a run is killed and run again, and what is published equals an undisturbed run.

Chains: one edition, each of whose tasks is killed at a random instant and then tried again, as
Airflow does. Single kills: at an instant of the run drawn evenly, then the killed task is tried
again, or all tasks of the run are cleared, or the edition is run anew under another run id. Every
fifth of them is of a run whole from its plan on; the others begin with the task that is to die, on
a copy of what the tasks before it left. Named points: see points.py.
"""

import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial

import duckdb

from tests.prove.points import POINTS
from tests.prove.room import RUN, Room
from tests.prove.steps import TASKS, Job, Process, Victim, returned
from tests.prove.tables import doubled_articles, table_hashes

CHAINS, SINGLE_KILLS = 21, 40  # a chain is of ten kills, fewer where a task is over too soon
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


def single_kill(room: Room, seed: int, number: int) -> Case:
    """The kill of that number; where the run had ended by then, another instant is drawn.

    Every fourth kills a parser process and lets the run go on.
    """
    chance = random.Random(f"{seed}/{number}")
    while True:
        case = _single_kill(room, chance, number)
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
    case = Case(name, where.task, "all", restart, "", started)
    return _run_again(room, process, case)


def chain(room: Room, seed: int, number: int) -> list[Case]:
    """One edition, each of whose tasks is killed once and tried again; the last case judges it.

    A kill may come when the task has ended: it hits the next one then.
    """
    chance = random.Random(f"{seed}/chain/{number}")
    started = time.monotonic()
    names = list(TASKS)
    running, state, cases = "fetch", dict(room.state), list[Case]()
    room.rewind(running)
    for task in names[1:]:
        if names.index(task) < names.index(running):
            continue
        process = Process(Job(room.folder, RUN, dict(state), task=running))
        victim: Victim = chance.choice(["all", "the leader"])
        is_killed = _kill_at(process, victim, task, room.seconds[task] * chance.random())
        state |= returned(process.events())
        running = _last_begun(process)
        if not is_killed:
            break
        seen = _seen_after(room)
        cases.append(Case("chain", running, victim, "task", seen, time.monotonic() - started))
        started = time.monotonic()
    code = Process(Job(room.folder, RUN, dict(state), task=running)).wait()
    wrong = "; ".join(filter(None, [cases[-1].wrong, wrong_after(room, code)]))
    return [*cases[:-1], replace(cases[-1], wrong=wrong)]


def _single_kill(room: Room, chance: random.Random, number: int) -> Case | None:
    """One kill; None where the run had ended before its instant came."""
    started = time.monotonic()
    victim: Victim
    if number % 4 == 0:
        victim, task = "a child", chance.choice(["fetch", "extract"])
        offset = room.seconds[task] * chance.random()
    else:
        victim = chance.choice(["all", "the leader"])
        task, offset = _instant(room, chance.uniform(0, sum(room.seconds.values())))
    first = "plan" if number % 5 == 0 else task
    room.rewind(first)
    process = Process(Job(room.folder, RUN, dict(room.state), task=first))
    if not _kill_at(process, victim, task, offset):
        process.wait()
        return None
    restart = chance.choices(list(_RESTARTS), list(_RESTARTS.values()))[0]
    case = Case("single", _last_begun(process), victim, restart, "", started)
    return _run_again(room, process, case)


def _instant(room: Room, at: float) -> tuple[str, float]:
    """The task that runs `at` seconds after the start, and how long it has run then."""
    for task, seconds in room.seconds.items():
        if at <= seconds:
            return task, at
        at -= seconds
    return "publish", at


def _kill_at(process: Process, victim: Victim, task: str, offset: float) -> bool:
    """Kill `offset` seconds after `task` began; whether there was still somebody to kill."""
    while process.is_running() and not _has_begun(process, task):
        time.sleep(0.005)
    limit = time.monotonic() + offset
    while process.is_running() and (time.monotonic() < limit or not _is_there(process, victim)):
        time.sleep(0.002)
    if not process.is_running():
        return False
    process.kill(victim)
    return True


def _is_there(process: Process, victim: Victim) -> bool:
    return victim != "a child" or len(process.members()) > 1


def _last_begun(process: Process) -> str:
    return next(str(one["task"]) for one in reversed(process.events()) if one["event"] == "begin")


def _has_begun(process: Process, task: str) -> bool:
    return any(one["task"] == task for one in process.events())


def _run_again(room: Room, killed: Process, case: Case) -> Case:
    """Restart what was killed, once, and look at what is published.

    `case` is what is known of it so far; its `seconds` are when it began.
    """
    code = killed.wait()  # a run that lost a child may end by itself, well or not
    wrong, run_id, restart = _seen_after(room), RUN, case.restart
    if code == 0:
        restart = "none: it went on"
    else:
        task = _last_begun(killed)
        killed.kill()
        state = room.state | returned(killed.events())
        first = task if restart == "task" else "plan"
        run_id = "another" if restart == "another run" else RUN
        code = Process(Job(room.folder, run_id, state, task=first)).wait()
    wrong = "; ".join(filter(None, [wrong, wrong_after(room, code, run_id)]))
    return replace(case, restart=restart, wrong=wrong, seconds=time.monotonic() - case.seconds)


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
    known = {"set_aside", *(f"{one}.duckdb" for (one,) in rows)}
    return sorted(one.name for one in room.home.publications.iterdir() if one.name not in known)
