"""The cage: a document that hangs, crashes or gorges ends alone."""

import fcntl
import os
import random
import signal
import socket
import time
from concurrent.futures import wait
from contextlib import suppress
from pathlib import Path

import pytest

from ingest.cage import Cage, CageError


def well(value: int) -> int:
    return value * 2


def badly(value: int) -> int:
    if value == 1:
        time.sleep(60)
    if value == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    if value == 3:
        len(bytearray(4_000_000_000))
    if value == 4:
        raise ValueError("broken")
    return value * 2


def test_results_come_in_order() -> None:
    with Cage(workers=2) as cage:
        assert list(cage.map(well, range(200))) == [(n, n * 2) for n in range(200)]


def test_a_bad_document_ends_alone_and_says_why() -> None:
    with Cage(workers=1, seconds=3.0) as cage:
        results = dict(cage.map(badly, range(7)))
    reasons = {n: str(result) for n, result in results.items() if isinstance(result, CageError)}
    assert reasons == {
        1: "parsing took more than 3 s",
        2: "the parser crashed",
        3: "parsing needed more memory than allowed",
        4: "the parser failed: ValueError",
    }
    assert [results[n] for n in (0, 5, 6)] == [0, 10, 12]


def dying_once(mark: str) -> str:
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "read"


def test_a_document_whose_worker_was_killed_is_read_by_another(tmp_path: Path) -> None:
    with Cage(workers=1) as cage:
        assert cage.submit(dying_once, str(tmp_path / "mark")).result(30) == "read"


def slow(value: int) -> str:
    time.sleep(0.01)
    return str(value) * 100_000  # more than a pipe holds, so that a kill may cut a message


def children() -> set[int]:
    """The children of this process, whichever thread forked them."""
    found = set[int]()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # the thread has ended
            found |= {int(one) for one in (task / "children").read_text().split()}
    return found


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_random_instants_every_document_is_read(seed: int) -> None:
    """Whatever the worker was doing: starting, taking a call, answering, waiting.

    No document loses two workers: what was under way at a kill is read before the next one.
    """
    chance = random.Random(seed)
    before = children()
    with Cage(workers=2) as cage:
        futures = [cage.submit(slow, number) for number in range(120)]
        for _ in range(20):
            time.sleep(chance.uniform(0, 0.03))
            for worker in sorted(children() - before)[:1]:
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
            under_way = [one for one in futures if not one.done()][:2]
            wait(under_way)
        for number, future in enumerate(futures):
            assert future.result(60) == str(number) * 100_000


def test_no_worker_is_left_behind() -> None:
    with Cage(workers=2) as cage:
        workers = {cage.submit(os.getpid).result() for _ in range(20)}
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


def test_a_connection_that_the_parent_closes_is_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        theirs, _ = server.accept()
        with theirs, Cage(workers=1) as cage:
            assert cage.submit(well, 1).result() == 2
            ours.close()
            theirs.settimeout(5)
            assert theirs.recv(1) == b""


def test_a_lock_that_the_parent_lets_go_is_free(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as held, Cage(workers=1) as cage:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert cage.submit(well, 1).result() == 2
        held.close()
        with (tmp_path / "lock").open("w") as other:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_end_waits_for_no_document() -> None:
    started = time.monotonic()
    with Cage(workers=1) as cage:
        cage.submit(time.sleep, 60)
        time.sleep(0.2)
    assert time.monotonic() - started < 10
