"""How hosts are treated: connections at once, a gap between requests, and pauses they ask for.

Processes that ask one host, a poll beside a closing run or two shards, take turns by a lock file
that says when the host may be asked next.
"""

import asyncio
import fcntl
import hashlib
import json
import os
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from core.config import Fetching
from ingest.exchange import Exchange, Response

LONGEST_PAUSE = timedelta(days=7)
_TURN_BYTES = 120
_ASKS_FOR_A_PAUSE = {429, 503}
_LOOK_AGAIN_SECONDS = 0.05  # at a lock that another process holds


class Host:
    """One host's manners; use it as a context around each request.

    `not_before` is when the host may be asked again (naive UTC); `gap_seconds` lies between the
    starts of two requests. With a `lock` other processes keep the same gap and pause, and a host
    with a single connection has a single one over all of them.
    """

    def __init__(self, connections: int, gap_seconds: float, lock: Path | None = None) -> None:
        self.gap_seconds = gap_seconds
        self.not_before: datetime | None = None
        self._turns = _Turns(lock) if lock else None
        self._is_single = connections == 1
        self._slots = asyncio.Semaphore(connections)
        self._turn = asyncio.Lock()
        self._next = 0.0

    def hold(self, until: datetime) -> None:
        """Ask nothing before `until`; a longer pause that is known already stays."""
        self.not_before = max(until, self.not_before or until)
        if self._turns and self.gap_seconds:
            self._turns.not_before = self.not_before

    def is_on_hold(self, now: datetime) -> bool:
        return self.not_before is not None and now < self.not_before

    async def __aenter__(self) -> None:
        await self._slots.acquire()
        if not self.gap_seconds:
            return
        try:
            async with self._turn:
                await self._wait()
        except BaseException:
            self._release()
            raise

    async def _wait(self) -> None:
        """Wait for the gap since the last request of this process, and of any other."""
        clock = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._next - clock.time()))
        if self._turns:
            await self._turns.take(self.gap_seconds)
            if self._turns.not_before:
                self.hold(self._turns.not_before)
            if not self._is_single:
                self._turns.give_back()
        self._next = clock.time() + self.gap_seconds

    def _release(self) -> None:
        if self._turns and self._is_single:
            self._turns.give_back()
        self._slots.release()

    async def __aexit__(self, *_: object) -> None:
        self._release()


class _Turns:
    """The lock file of a host: {"next": wall-clock seconds, "not_before": naive UTC} as JSON."""

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, -1
        self._next = 0.0
        self.not_before: datetime | None = None

    async def take(self, gap_seconds: float) -> None:
        """Hold the lock, the gap since the last turn of whichever process being over."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        self._read()
        # a clock that was set back must not stop the host for good
        await asyncio.sleep(min(max(0.0, self._next - time.time()), gap_seconds))
        self._next = time.time() + gap_seconds

    def give_back(self) -> None:
        """Tell the next when its turn is, and let go of the lock; does nothing without it."""
        if self._file < 0:
            return
        until = self.not_before.isoformat() if self.not_before else None
        text = json.dumps({"next": self._next, "not_before": until}).encode()
        os.pwrite(self._file, text.ljust(_TURN_BYTES), 0)
        os.close(self._file)  # which frees the lock
        self._file = -1

    def _read(self) -> None:
        with suppress(ValueError, TypeError, KeyError):  # an empty or torn file says nothing
            told = json.loads(os.pread(self._file, _TURN_BYTES, 0))
            self._next = float(told["next"])
            if told["not_before"]:
                until = datetime.fromisoformat(told["not_before"])
                self.not_before = max(until, self.not_before or until)


class Hosts:
    """The hosts that the sources of one process ask, each with one set of manners.

    `locks` is the folder of the lock files; where two sources ask one host, the longer gap counts.
    """

    def __init__(self, locks: Path) -> None:
        self._locks = locks
        self._hosts: dict[str, Host] = {}

    def get(self, name: str, limits: Fetching) -> Host:
        known = self._hosts.get(name)
        if known is None:
            lock = self._locks / f"{_file_name(name)}.host"
            known = Host(limits.connections_per_host, limits.min_gap_seconds, lock)
            self._hosts[name] = known
        known.gap_seconds = max(known.gap_seconds, limits.min_gap_seconds)
        return known


def _file_name(host: str) -> str:
    """A host name as a file name; an address in brackets, or a long one, by its hash."""
    is_plain = len(host) <= 100 and host.replace(".", "").replace("-", "").isalnum()
    return host if is_plain else hashlib.sha256(host.encode()).hexdigest()[:32]


def pause_asked(exchange: Exchange, limits: Fetching) -> datetime | None:
    """Until when the answer asks to be left alone; None where it does not.

    Retry-After (RFC 9110, 10.2.3) counts on 429 and 503, in seconds or as a date. A 429 without
    it means the configured pause; a 503 without it is a failure like any other.
    """
    if not isinstance(exchange, Response) or exchange.status not in _ASKS_FOR_A_PAUSE:
        return None
    until = _retry_after(exchange.header("Retry-After").strip(), exchange.at)
    if until is None and exchange.status == 429:
        until = exchange.at + timedelta(seconds=limits.default_pause_seconds)
    return min(until, exchange.at + LONGEST_PAUSE) if until else None


def _retry_after(value: str, at: datetime) -> datetime | None:
    if value.isascii() and value.isdigit():
        return at + min(timedelta(seconds=int(value[:9])), LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    # RFC 9110 dates are GMT; "-0000", read without a zone, says the same
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).replace(tzinfo=None)
