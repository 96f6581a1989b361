"""A URL fetched to its end: redirects followed one by one, each hop allowed before it is made."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from core.config import Fetching
from ingest import urls
from ingest.exchange import (
    TRUNCATION_REASONS,
    Exchange,
    Failure,
    Purpose,
    Request,
    Response,
    Validators,
)
from ingest.hosts import Host, pause_asked
from ingest.transport import Transport

TRIES = 2
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_PASSING = {408, 500, 502, 503, 504}  # another try may succeed


class Refusal(NamedTuple):
    """Why a URL is not fetched: its disposition and the reason."""

    status: str
    reason: str


Allow = Callable[[str], Awaitable[Refusal | None]]


@dataclass(frozen=True, slots=True)
class Fetched:
    """How fetching a URL ended: `status` is None for a usable response, else a disposition.

    A 304 has the status `unchanged`. `permanent_url` is the URL that the publisher says the page
    has: redirects that are not permanent do not move it. `is_passing` says that a later try may
    succeed.
    """

    exchange: Exchange
    permanent_url: str
    status: str | None = None
    reason: str | None = None
    is_passing: bool = False

    @property
    def http_status(self) -> int | None:
        return self.exchange.status if isinstance(self.exchange, Response) else None


class Fetcher:
    """Fetches for one source through a transport, with the manners of each host."""

    def __init__(
        self,
        transport: Transport,
        hosts: Callable[[str], Host],
        limits: Fetching,
        now: Callable[[], datetime],
        on_pause: Callable[[str, datetime], None] = lambda _host, _until: None,
    ) -> None:
        self._transport, self._hosts, self._limits = transport, hosts, limits
        self._now, self._on_pause = now, on_pause

    async def fetch(
        self,
        url: str,
        purpose: Purpose,
        max_bytes: int,
        allow: Allow | None = None,
        known: Validators | None = None,
    ) -> Fetched:
        """Follow `url` to a response with status 200 and a whole body within the limit.

        With `known` validators the first hop may also end in 304.
        """
        seen, permanent, is_permanent = {url}, url, True
        request = Request(purpose, url, url, max_bytes, known or Validators())
        while True:
            exchange = await self._exchange(request)
            if isinstance(exchange, Failure) or exchange.status not in _REDIRECTS:
                is_conditional = request.known != Validators()
                return judge_response(exchange, permanent, is_conditional=is_conditional)
            target = exchange.header("Location")
            if not target:
                return Fetched(exchange, permanent, "fetch_failed", "redirect without a target")
            try:
                current = urls.parse(target, request.url).href
            except urls.UrlRefusedError as refusal:
                return Fetched(exchange, permanent, "blocked_address", f"redirect: {refusal}")
            current = current.partition("#")[0]
            if current in seen or len(seen) > self._limits.max_redirects:
                reason = "redirect loop" if current in seen else "too many redirects"
                return Fetched(exchange, permanent, "fetch_failed", reason)
            seen.add(current)
            is_permanent = is_permanent and exchange.status in _PERMANENT
            permanent = current if is_permanent else permanent
            refused = await allow(current) if allow else None
            if refused:
                return Fetched(exchange, permanent, *refused)
            request = Request(purpose, url, current, max_bytes)

    async def _exchange(self, request: Request) -> Exchange:
        """One hop: a short pause that the host asks for is kept, a passing failure tried again.

        A host that asks for a long pause is left alone, by every request that follows.
        """
        name = urls.hostname(request.url)
        host = self._hosts(name)
        for tries_left in reversed(range(TRIES)):
            async with host:
                if host.is_on_hold(self._now()):
                    reason = f"the host asks to be left alone until {host.not_before}"
                    return self._transport.skip(request, "deferred", reason)
                exchange = await self._transport.get(request)
                until = pause_asked(exchange, self._limits)
                pause = (until - self._now()).total_seconds() if until else 0.0
                if until and (not tries_left or pause > self._limits.max_pause_seconds):
                    if pause <= 0:  # it asked for no pause, twice
                        pause = self._limits.default_pause_seconds
                        until = exchange.at + timedelta(seconds=pause)
                    host.hold(until)
                    self._on_pause(name, until)
                    return exchange
            if not tries_left or not (until or _is_passing(exchange)):
                return exchange
            await self._transport.wait(max(pause, self._limits.min_gap_seconds))
        return exchange


def _is_passing(exchange: Exchange) -> bool:
    if isinstance(exchange, Failure):
        return exchange.is_passing
    return exchange.status in _PASSING or exchange.truncated == "disconnect"


def judge_response(
    exchange: Exchange, permanent_url: str | None = None, *, is_conditional: bool = False
) -> Fetched:
    """The end of a chain that `exchange` ended: usable only with status 200 and a whole body.

    A 304 means something only where the request was conditional.
    """
    permanent = permanent_url or exchange.url
    if isinstance(exchange, Failure):
        return Fetched(exchange, permanent, exchange.status, exchange.reason, exchange.is_passing)
    if exchange.status == 304 and is_conditional:
        return Fetched(exchange, permanent, "unchanged", "HTTP status 304")
    if exchange.status == 429 or (exchange.status == 503 and exchange.header("Retry-After")):
        reason = f"HTTP status {exchange.status}: the host asks for a pause"
        return Fetched(exchange, permanent, "deferred", reason, is_passing=True)
    if exchange.status != 200:
        reason = f"HTTP status {exchange.status}"
        return Fetched(exchange, permanent, "fetch_failed", reason, _is_passing(exchange))
    if exchange.truncated:
        is_large = exchange.truncated == "length"
        status = "too_large" if is_large else "fetch_failed"
        reason = TRUNCATION_REASONS[exchange.truncated]
        return Fetched(exchange, permanent, status, reason, is_passing=not is_large)
    return Fetched(exchange, permanent)
