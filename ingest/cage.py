"""The cage: parsers of hostile input run in worker processes with hard limits.

A document that exceeds its time or memory kills its own worker; the next document gets a new
one. Signals and threads cannot do this: a parser written in C does not look up. A worker that died
without a reason may have been killed by the kernel or a person: its document is tried once more.

Each worker has a socket of its own and one call at a time. Pools whose workers share a queue lose
calls, or wait for ever, when one dies between two of them (pebble 5.2, `ProcessPoolExecutor`).
"""

import logging
import os
import queue
import resource
import signal
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

SECONDS = 20.0
MEMORY_BYTES = 1_500_000_000
_TRIES = 2  # of a document whose worker died
_AHEAD_PER_WORKER = 16  # documents under way, so that a worker never waits for the next
_FORK = get_context("fork")  # the libraries are loaded once, in the parent


class CageError(Exception):
    """The document killed its worker or broke its parser; the text says which."""


class _Died(Exception):
    """The worker ended without an answer."""


class _Worker:
    """A process that answers calls, one after the other, until its socket is closed."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self.start()

    def start(self) -> None:
        self._socket, theirs = _FORK.Pipe()
        self._process = _FORK.Process(target=_serve, args=(theirs, self._memory), daemon=True)
        self._process.start()
        theirs.close()

    def call(self, function: Callable[..., Any], arguments: Any, seconds: float) -> Any:
        """What the function returns or raises.

        Raises:
            TimeoutError: it took longer than `seconds`.
            _Died: there is no answer any more.
        """
        try:
            self._socket.send((function, arguments))
            answer = self._socket.recv() if self._socket.poll(seconds) else None
        except (EOFError, OSError) as error:  # also half an answer, where it died in it
            raise _Died from error
        if answer is None:
            raise TimeoutError
        is_well, value = answer
        if is_well:
            return value
        raise value

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        self.kill()
        self._process.join()
        self._socket.close()


class Cage:
    """Worker processes for functions that are importable and take and return plain values."""

    def __init__(self, workers: int, seconds: float = SECONDS, memory: int = MEMORY_BYTES) -> None:
        self._seconds, self._memory = seconds, memory
        self._ahead = workers * _AHEAD_PER_WORKER
        self._is_open = True
        self._workers = [_Worker(memory) for _ in range(workers)]
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="cage")

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Start one call; `outcome` turns what its future raises into a CageError."""
        return self._threads.submit(self._call, function, arguments)

    def _call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Call by an idle worker, and once it was started anew where it died."""
        worker = self._idle.get()
        tries = _TRIES
        try:
            while True:
                tries -= 1
                try:
                    return worker.call(function, arguments, self._seconds)
                except (_Died, TimeoutError) as error:
                    worker.end()
                    if not self._is_open:
                        raise
                    worker.start()
                    if isinstance(error, TimeoutError) or not tries:
                        raise
        finally:
            self._idle.put(worker)

    def outcome(self, error: BaseException) -> CageError:
        """A failed future's exception in words."""
        if isinstance(error, TimeoutError):
            return CageError(f"parsing took more than {self._seconds:g} s")
        if isinstance(error, CageError):
            return error
        if isinstance(error, _Died):
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
        self._is_open = False
        for worker in self._workers:  # also those at work: nobody waits for what they find
            worker.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._workers:
            worker.end()


def _serve(socket: Connection, memory: int) -> None:
    """The body of a worker: answer (function, arguments) with (whether it is well, value)."""
    _move_in(memory, socket.fileno())
    with suppress(EOFError, ConnectionError):  # nobody asks any more
        while True:
            function, arguments = socket.recv()
            try:
                answer = True, function(*arguments)
            except BaseException as error:  # noqa: BLE001 (whatever a parser raises is told)
                answer = False, error
            _answer(socket, answer)


def _answer(socket: Connection, answer: tuple[bool, Any]) -> None:
    """Send it; where it cannot be written down, why."""
    try:
        socket.send(answer)
    except ConnectionError:
        raise
    except Exception as error:  # noqa: BLE001 (nothing was sent: it is written down before)
        socket.send((False, CageError(f"the parser failed: {type(error).__name__}")))


def _move_in(room: int, kept: int) -> None:
    """Limit the address space to what the process has plus `room` bytes; log nothing.

    Ctrl-C is the parent's to hear; of its open files only the descriptor `kept` stays.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    _let_go(kept)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + room
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _let_go(kept: int) -> None:
    """Keep none of the parent's connections, files and locks.

    What the parent closes would stay open here, and a publisher's server would wait for it. The
    numbers go to /dev/null, because copies of the parent's objects may still close them.
    """
    null = os.open(os.devnull, os.O_RDWR)
    for number in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208 (names alone are wanted)
        with suppress(OSError):  # the listing's own descriptor is closed by now
            mode = os.fstat(number).st_mode
            if number not in (0, 1, 2, kept) and (stat.S_ISSOCK(mode) or stat.S_ISREG(mode)):
                os.dup2(null, number)
    os.close(null)
