"""The cage: parsers of hostile input run in worker processes with hard limits.

A document that exceeds its time or memory kills its own worker; the next document gets a new
one. Signals and threads cannot do this: a parser written in C does not look up. A worker that died
without a reason may have been killed by the kernel or a person: its document is tried once more.
"""

import logging
import os
import resource
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Self

from pebble import ProcessExpired, ProcessPool

SECONDS = 20.0
MEMORY_BYTES = 1_500_000_000
_TRIES = 2  # of a document whose worker died
_AHEAD_PER_WORKER = 16  # documents under way, so that a worker never waits for the next


class CageError(Exception):
    """The document killed its worker or broke its parser; the text says which."""


class Cage:
    """Worker processes for functions that are importable and take and return plain values."""

    def __init__(self, workers: int, seconds: float = SECONDS, memory: int = MEMORY_BYTES) -> None:
        self._seconds, self._ahead = seconds, workers * _AHEAD_PER_WORKER
        self._pool = ProcessPool(
            max_workers=workers,
            initializer=_move_in,
            initargs=(memory,),
            context=get_context("fork"),  # the libraries are loaded once, in the parent
        )

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Start one call; `outcome` turns what its future raises into a CageError."""
        future: Future[Any] = Future()
        self._schedule(future, function, arguments, tries=_TRIES)
        return future

    def _schedule(
        self,
        future: Future[Any],
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        tries: int,
    ) -> None:
        """Start a try whose end is that of `future`, unless its worker died and tries are left."""

        def settle(ended: Future[Any]) -> None:
            if future.cancelled():
                return
            if ended.cancelled():
                future.cancel()
            elif isinstance(error := ended.exception(), ProcessExpired) and tries > 1:
                try:
                    self._schedule(future, function, arguments, tries - 1)
                except RuntimeError:  # the pool was stopped meanwhile
                    future.set_exception(error)
            elif error is not None:
                future.set_exception(error)
            else:
                future.set_result(ended.result())

        tried: Future[Any] = self._pool.schedule(function, arguments, timeout=self._seconds)
        tried.add_done_callback(settle)

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
        self._pool.stop()
        self._pool.join()


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
