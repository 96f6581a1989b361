"""A URL fetched to its end: redirects followed one by one, each hop allowed before it is made."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ingest import urls
from ingest.exchange import TRUNCATION_REASONS, Exchange, Failure, Purpose, Request, Response
from ingest.transport import Transport

_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}

Allow = Callable[[str], Awaitable[str | None]]  # a URL -> why it must not be fetched, or None


@dataclass(frozen=True)
class Fetched:
    """How fetching a URL ended: `status` is None for a usable response, else a disposition.

    `permanent_url` is the URL that the publisher says the page has: redirects that are not
    permanent do not move it.
    """

    exchange: Exchange
    permanent_url: str
    status: str | None = None
    reason: str | None = None

    @property
    def http_status(self) -> int | None:
        return self.exchange.status if isinstance(self.exchange, Response) else None


class Pace:
    """One host's manners: so many connections at once, and a gap between their starts."""

    def __init__(self, connections: int, gap_seconds: float) -> None:
        self.gap_seconds = gap_seconds
        self._slots = asyncio.Semaphore(connections)
        self._turn = asyncio.Lock()
        self._next = 0.0

    async def __aenter__(self) -> None:
        await self._slots.acquire()
        async with self._turn:
            clock = asyncio.get_running_loop()
            wait = self._next - clock.time()
            if wait > 0:
                await asyncio.sleep(wait)
            self._next = clock.time() + self.gap_seconds

    async def __aexit__(self, *_: object) -> None:
        self._slots.release()


class Fetcher:
    """Fetches for one source through a transport, at the pace of each host."""

    def __init__(
        self, transport: Transport, pace: Callable[[str], Pace], max_redirects: int
    ) -> None:
        self._transport, self._pace, self._max_redirects = transport, pace, max_redirects

    async def fetch(
        self, url: str, purpose: Purpose, max_bytes: int, allow: Allow | None = None
    ) -> Fetched:
        """Follow `url` to a response with status 200 and a whole body within the limit."""
        seen, current, permanent, is_permanent = {url}, url, url, True
        while True:
            request = Request(purpose, url, current, max_bytes)
            async with self._pace(urls.host(current)):
                exchange = await self._transport.get(request)
            if isinstance(exchange, Failure) or exchange.status not in _REDIRECTS:
                return judge_response(exchange, permanent)
            try:
                current = urls.parse(exchange.header("Location") or "-:", current).href
            except urls.UrlRefusedError as refusal:
                return Fetched(exchange, permanent, "blocked_address", f"redirect: {refusal}")
            current = current.partition("#")[0]
            if current in seen or len(seen) > self._max_redirects:
                reason = "redirect loop" if current in seen else "too many redirects"
                return Fetched(exchange, permanent, "fetch_failed", reason)
            seen.add(current)
            is_permanent = is_permanent and exchange.status in _PERMANENT
            permanent = current if is_permanent else permanent
            refusal_reason = await allow(current) if allow else None
            if refusal_reason:
                return Fetched(exchange, permanent, "robots_disallowed", refusal_reason)


def judge_response(exchange: Exchange, permanent_url: str | None = None) -> Fetched:
    """The end of a chain that `exchange` ended: usable only with status 200 and a whole body."""
    permanent = permanent_url or exchange.url
    if isinstance(exchange, Failure):
        return Fetched(exchange, permanent, exchange.status, exchange.reason)
    if exchange.status != 200:
        return Fetched(exchange, permanent, "fetch_failed", f"HTTP status {exchange.status}")
    if exchange.truncated:
        status = "too_large" if exchange.truncated == "length" else "fetch_failed"
        return Fetched(exchange, permanent, status, TRUNCATION_REASONS[exchange.truncated])
    return Fetched(exchange, permanent)
