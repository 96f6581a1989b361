"""The cage: parsers of hostile input run in worker processes with hard limits.

A document that exceeds its time or memory kills its own worker; the next document gets a new
one. Signals and threads cannot do this: a parser written in C does not look up. A worker that died
without a reason may have been killed by the kernel or a person: its document is tried once more.
"""

import logging
import os
import resource
import stat
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Self

from pebble import ProcessExpired, ProcessPool

SECONDS = 20.0
MEMORY_BYTES = 1_500_000_000
_TRIES = 2  # of a document whose worker died
_MOVES = 5  # of a document that was waiting when a worker was lost before it said what it read
_AHEAD_PER_WORKER = 16  # documents under way, so that a worker never waits for the next


class CageError(Exception):
    """The document killed its worker or broke its parser; the text says which."""


@dataclass
class _Task:
    """One call; `tries` are left after its worker died, `moves` after its pool broke."""

    future: Future[Any]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    tries: int = _TRIES
    moves: int = _MOVES


@dataclass
class _Slot:
    """A pool of one worker, and what it was given and has not settled."""

    pool: ProcessPool
    waiting: dict[Future[Any], _Task] = field(default_factory=dict)


class Cage:
    """Worker processes for functions that are importable and take and return plain values.

    Each worker has a pool, and so pipes, of its own. A worker that was killed may leave half a
    message in them, a lock taken or a call unheard of, so nothing of its pool is used again.
    """

    def __init__(self, workers: int, seconds: float = SECONDS, memory: int = MEMORY_BYTES) -> None:
        self._seconds, self._ahead = seconds, workers * _AHEAD_PER_WORKER
        self._memory = memory
        self._lock = threading.RLock()
        self._slots = [_Slot(self._pool()) for _ in range(workers)]
        self._leaving: list[threading.Thread] = []
        self._is_open = True

    def _pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=1,
            initializer=_move_in,
            initargs=(self._memory,),
            context=get_context("fork"),  # the libraries are loaded once, in the parent
        )

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Start one call; `outcome` turns what its future raises into a CageError."""
        task = _Task(Future(), function, arguments)
        with self._lock:
            self._give(min(self._slots, key=lambda slot: len(slot.waiting)), task)
        return task.future

    def _give(self, slot: _Slot, task: _Task) -> None:
        """Put a call into the slot's pool, a new one if its worker died while it had no call."""
        try:
            tried = slot.pool.schedule(task.function, task.arguments, timeout=self._seconds)
        except RuntimeError:
            if not self._is_open:
                raise
            self._renew(slot)
            tried = slot.pool.schedule(task.function, task.arguments, timeout=self._seconds)
        slot.waiting[tried] = task
        tried.add_done_callback(partial(self._settle, slot))

    def _renew(self, slot: _Slot) -> None:
        """Give the slot another pool, and that all the calls of the one before."""
        slot.pool.stop()
        # Joining ends a worker that would read on; the thread that found the loss cannot do it.
        self._leaving.append(threading.Thread(target=slot.pool.join))
        self._leaving[-1].start()
        slot.pool, tasks = self._pool(), list(slot.waiting.values())
        slot.waiting.clear()
        for task in tasks:
            self._give(slot, task)

    def _settle(self, slot: _Slot, ended: Future[Any]) -> None:
        """End the call as its try did, or try it again where its worker or its pool was lost."""
        with self._lock:
            task = slot.waiting.pop(ended, None)
            if task is None or task.future.cancelled():
                return
            if ended.cancelled():
                task.future.cancel()
            elif (error := ended.exception()) is None:
                task.future.set_result(ended.result())
            elif self._is_open and _may_try_again(task, error):
                slot.waiting[ended] = task
                self._renew(slot)
            else:
                task.future.set_exception(error)

    def outcome(self, error: BaseException) -> CageError:
        """A failed future's exception in words."""
        if isinstance(error, TimeoutError):
            return CageError(f"parsing took more than {self._seconds:g} s")
        if isinstance(error, ProcessExpired):
            return CageError("the parser crashed")
        if isinstance(error, MemoryError):
            return CageError("parsing needed more memory than allowed")
        if isinstance(error, RecursionError):
            return CageError("nested too deeply")
        return CageError(f"the parser failed: {type(error).__name__}")

    def map(
        self, function: Callable[[Any], Any], arguments: Iterable[Any]
    ) -> Iterator[tuple[Any, Any | CageError]]:
        """(argument, result or CageError) in order; only a bounded number is under way."""
        waiting: deque[tuple[Any, Future[Any]]] = deque()
        for argument in arguments:
            waiting.append((argument, self.submit(function, argument)))
            if len(waiting) >= self._ahead:
                yield self._result(*waiting.popleft())
        while waiting:
            yield self._result(*waiting.popleft())

    def _result(self, argument: Any, future: Future[Any]) -> tuple[Any, Any | CageError]:
        try:
            return argument, future.result()
        except Exception as error:  # noqa: BLE001 (whatever a parser raises is this document's end)
            return argument, self.outcome(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._is_open = False
        for slot in self._slots:
            slot.pool.stop()
        for slot in self._slots:
            slot.pool.join()
        for thread in self._leaving:
            thread.join()


def _may_try_again(task: _Task, error: BaseException) -> bool:
    """Whether a worker was lost that may have been killed; counts the try."""
    if isinstance(error, ProcessExpired):
        task.tries -= 1
        return task.tries > 0
    if isinstance(error, BrokenProcessPool):
        task.moves -= 1
        return task.moves > 0
    return False


def _move_in(room: int) -> None:
    """Limit the address space to what the process has plus `room` bytes; log nothing."""
    logging.disable(logging.CRITICAL)
    _let_go()
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + room
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _let_go() -> None:
    """Keep none of the parent's connections, files and locks.

    What the parent closes would stay open here, and a publisher's server would wait for it. The
    numbers go to /dev/null, because copies of the parent's objects may still close them.
    """
    null = os.open(os.devnull, os.O_RDWR)
    for number in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208 (names alone are wanted)
        with suppress(OSError):  # the listing's own descriptor is closed by now
            mode = os.fstat(number).st_mode
            if number > 2 and (stat.S_ISSOCK(mode) or stat.S_ISREG(mode)):
                os.dup2(null, number)
    os.close(null)
