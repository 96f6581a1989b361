"""How hosts are treated: connections at once, a gap between requests, and pauses they ask for."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from core.config import Fetching
from ingest.exchange import Exchange, Response

LONGEST_PAUSE = timedelta(days=7)
_ASKS_FOR_A_PAUSE = {429, 503}


class Host:
    """One host's manners; use it as a context around each request.

    `not_before` is when the host may be asked again (naive UTC); `gap_seconds` lies between the
    starts of two requests.
    """

    def __init__(self, connections: int, gap_seconds: float) -> None:
        self.gap_seconds = gap_seconds
        self.not_before: datetime | None = None
        self._slots = asyncio.Semaphore(connections)
        self._turn = asyncio.Lock()
        self._next = 0.0

    def hold(self, until: datetime) -> None:
        """Ask nothing before `until`; a longer pause that is known already stays."""
        self.not_before = max(until, self.not_before or until)

    def is_on_hold(self, now: datetime) -> bool:
        return self.not_before is not None and now < self.not_before

    async def __aenter__(self) -> None:
        await self._slots.acquire()
        if not self.gap_seconds:
            return
        try:
            async with self._turn:
                clock = asyncio.get_running_loop()
                wait = self._next - clock.time()
                if wait > 0:
                    await asyncio.sleep(wait)
                self._next = clock.time() + self.gap_seconds
        except BaseException:
            self._slots.release()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._slots.release()


class Hosts:
    """The hosts that the sources of one process ask, each with one set of manners."""

    def __init__(self) -> None:
        self._hosts: dict[str, Host] = {}

    def get(self, name: str, limits: Fetching) -> Host:
        known = self._hosts.get(name)
        if known is None:
            known = Host(limits.connections_per_host, limits.min_gap_seconds)
            self._hosts[name] = known
        return known


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
