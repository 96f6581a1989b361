"""One look at one source: discover, settle what is known, fetch the rest, import archives.

A look is a function of what was known before it and of what was answered: given an archive's
answers instead of the network's, it finds, fetches and learns the same.
"""

import asyncio
import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.config import EntryPoint, Source
from core.plan import Run
from core.takedowns import TAKEN_DOWN, read_takedowns
from ingest import archives, urls
from ingest.cage import Cage
from ingest.dates import Moment
from ingest.discover import Discoverer, Discovery, Sighting
from ingest.exchange import Exchange, Failure, Request, Response, Validators
from ingest.fetch import Fetched, Fetcher, Refusal, judge_response
from ingest.frontier import FOUND, TO_FETCH, Frontier, Row, seen_before
from ingest.hosts import Host
from ingest.robots import RobotsOfSource, product_token
from ingest.transport import Transport

LOGGER = logging.getLogger(__name__)
MOST_ATTEMPTS = 3  # looks in which a page that failed in passing is asked for again
_GONE = {404, 410}
_PROGRESS_SECONDS = 5.0
_AT_A_TIME = 200  # pages settled before other sources get their turn
# Statuses that say what the page is: it is fetched again only when its feed says that it changed.
_FINAL = {"loaded", "out_of_window", "not_an_article", "extract_failed", "too_large"}
_NOTED = {"blocked_address", "deferred"}  # ends without a request that the ledger tells
_HINTS = ("found_url", "title_hint", "hint_method", "hint_value", "hint_precision", "categories")


@dataclass(frozen=True)
class Way:
    """How a look gets its answers, and where their records lie (`folder`).

    `now` tells when a host may be asked again; `imports` reads an archive entry point.
    """

    transport: Transport
    hosts: Callable[[str], Host]
    now: Callable[[], datetime]
    folder: Path
    imports: Callable[[EntryPoint], Iterator[Exchange]]


class Look:
    """A look at `source` that began at `at`; afterwards `found` tells how its feeds were."""

    def __init__(
        self, run: Run, source: Source, frontier: Frontier, way: Way, cage: Cage, *, at: datetime
    ) -> None:
        self._run, self._source, self._frontier, self._way = run, source, frontier, way
        self._cage, self._at = cage, at
        self._limits = run.sources.fetching_of(source)
        self._agent = product_token(run.sources.user_agent)
        self._fetcher = Fetcher(way.transport, way.hosts, self._limits, way.now, self._on_pause)
        self._robots = RobotsOfSource(self._fetcher, frontier, at)
        self._to_fetch: Counter[str] = Counter()
        self._met: set[str] = set()
        self._paced: set[str] = set()
        self._taken_down = read_takedowns(run.paths).urls
        self.found = Discovery()

    async def take(self, *, is_conditional: bool) -> None:
        """Look; the frontier then holds the pages' rows and what was learned."""
        discoverer = Discoverer(
            self._source, self._limits, self._fetcher, self._why_not, self._cage,
            self._frontier, is_conditional,
        )  # fmt: skip
        self.found = await discoverer.discover()
        self._find_again()
        await self._settle_known()
        await self._fetch_all()
        self._import()

    def _on_pause(self, host: str, until: datetime) -> None:
        self._frontier.learn("host", host, not_before=until)

    # what is to be fetched ----------------------------------------------------------------

    def _find_again(self) -> None:
        """Find what an earlier look could not get, and what is to be looked at again."""
        frontier = self._frontier
        again = [("deferred", row) for row in frontier.pending(MOST_ATTEMPTS)]
        again += [
            ("recheck", row) for row in frontier.due(self._at, self._limits.recheck_after_hours)
        ]
        frontier.show(
            {name: known.get(name) for name in _HINTS}
            | {
                "url": known["url"],
                "host": urls.host(known["url"]),
                "kind": "http",
                "via": via,
                "position": position,
                "discovered_at": self._at,
            }
            for position, (via, known) in enumerate(again)
        )

    async def _settle_known(self) -> None:
        """Give every page that need not be fetched its disposition."""
        for number, (page, known) in enumerate(self._frontier.pages(FOUND)):
            if number % _AT_A_TIME == 0:
                await asyncio.sleep(0)  # other sources' hosts must not wait for a long list
            status, reason = self._settled(page, known)
            page["first_seen_at"] = known.get("first_seen_at") or page["discovered_at"]
            if reason == TAKEN_DOWN:
                page |= {"title_hint": None, "categories": None}
            self._frontier.settle(
                page["url"],
                title_hint=page["title_hint"],
                categories=page["categories"],
                status=status,
                reason=reason,
                first_seen_at=page["first_seen_at"],
                known_version=known.get("version_id"),
                article_id=known.get("article_id"),
                version_id=known.get("version_id"),
            )
            if status in _NOTED:
                self._skip(page["url"], status, str(reason))
            if status != TO_FETCH and not known:
                self._learn_ended(page, status, reason)

    def _settled(self, page: Row, known: Row) -> tuple[str, str | None]:
        if not page["host"]:
            return "blocked_address", page["reason"]
        if page["url"] in self._taken_down:
            return "quarantined", TAKEN_DOWN
        oldest = self._run.edition - timedelta(days=self._run.sources.max_age_of(self._source))
        if page["hint_value"] and page["via"] != "recheck":
            hint = Moment(page["hint_value"], page["hint_precision"])
            if hint.last_possible_day() < oldest:
                return "out_of_window", f"published {hint.value.date()}"
        is_settled = known.get("status") in _FINAL and known["fetched_at"]
        if is_settled and not self._is_asked_again(page, known):
            if known["status"] == "loaded":
                return "unchanged", None
            return known["status"], f"when last fetched: {known['reason'] or known['status']}"
        crowded = self._is_crowded(page["host"])
        return ("deferred", crowded) if crowded else (TO_FETCH, None)

    def _is_crowded(self, host: str) -> str | None:
        """Why this look has no room for another page of the host; else it is counted."""
        limits = self._limits
        if self._is_one_too_many(host):
            return f"pages of more than {limits.max_hosts} hosts in one look"
        if self._to_fetch[host] >= limits.max_urls:
            return f"more than {limits.max_urls} URLs of one host in one look"
        self._to_fetch[host] += 1
        return None

    def _is_one_too_many(self, host: str) -> bool:
        """Whether this host is beyond those that a look may ask; else it is one of them."""
        if host not in self._met and len(self._met) >= self._limits.max_hosts:
            return True
        self._met.add(host)
        return False

    def _is_asked_again(self, page: Row, known: Row) -> bool:
        """Whether its feed says that it has changed since, or its next recheck is due."""
        if page["updated_hint"] and page["updated_hint"] > known["fetched_at"]:
            return True
        done, after = known["rechecks"] or 0, self._limits.recheck_after_hours
        if known["status"] != "loaded" or done >= len(after):
            return False
        return bool(known["first_seen_at"] <= seen_before(self._at, after[done]))

    # fetching -----------------------------------------------------------------------------

    async def _fetch_all(self) -> None:
        """Fetch what has to be fetched, each host by its own few workers."""
        hosts = self._frontier.hosts()
        progress = _Progress(self._source.id, sum(hosts.values()))
        async with asyncio.TaskGroup() as group:
            for host in hosts:
                queue = self._frontier.pages(TO_FETCH, host)
                ends_at = time.monotonic() + self._limits.max_host_seconds
                for _ in range(self._limits.connections_per_host):
                    group.create_task(self._work(queue, ends_at, progress))

    async def _work(
        self, queue: Iterator[tuple[Row, Row]], ends_at: float, progress: "_Progress"
    ) -> None:
        for page, known in queue:
            values = await self._fetch(page, known, is_late=time.monotonic() > ends_at)
            self._frontier.settle(page["url"], **values)
            progress.step()

    async def _fetch(self, page: Row, known: Row, *, is_late: bool) -> Row:
        """The page's new values; what is known of it is brought up to date."""
        refused = await self._why_not(page["url"])
        if refused:
            self._skip(page["url"], *refused)
            self._learn_ended(page, *refused)
            return {"status": refused.status, "reason": refused.reason}
        url = urls.without_fragment(page["found_url"])
        if is_late:
            reason = "the host is too slow to fetch more of it in this look"
            fetched = judge_response(self._skip(url, "deferred", reason))
        else:
            said = Validators(known.get("etag") or "", known.get("last_modified") or "")
            limit = self._limits.max_page_bytes
            fetched = await self._fetcher.fetch(url, "page", limit, self._why_not, said)
        robots = await self._robots.of(page["url"])
        values = self._outcome(fetched, known)
        self._learn(page, known, fetched)
        return values | {"refuses_ai": robots.refuses_ai(page["url"])}

    def _skip(self, url: str, status: str, reason: str) -> Failure:
        """Note in the ledger that the page is not asked for."""
        return self._way.transport.skip(Request("page", url, url, 0), status, reason)

    def _outcome(self, fetched: Fetched, known: Row) -> Row:
        values = self._basic_outcome(fetched)
        was = known.get("status")
        if was in {"loaded", "removed"} and fetched.http_status in _GONE:
            values["status"] = "not_an_article"
            values["reason"] = f"the page is gone: HTTP status {fetched.http_status}"
            values["is_removed"] = True if was == "loaded" else None
        elif was == "removed" and fetched.status in {None, "unchanged"}:
            values["is_removed"] = False
        if fetched.status is None and known.get("body_hash") == _digest(fetched):
            values |= {"status": "unchanged", "reason": "fetched again, not a byte has changed"}
        return values

    def _basic_outcome(self, fetched: Fetched) -> Row:
        exchange = fetched.exchange
        values: Row = {
            "status": fetched.status,
            "reason": fetched.reason,
            "http_status": fetched.http_status,
            "fetched_url": exchange.url,
            "permanent_url": fetched.permanent_url,
            "fetched_at": exchange.at,
        }
        if isinstance(exchange, Response):
            values |= {"file": f"{self._way.folder}/{exchange.file}", "offset": exchange.offset}
        return values

    # what is learned ----------------------------------------------------------------------

    def _learn(self, page: Row, known: Row, fetched: Fetched) -> None:
        """Bring up to date what is known of a page that was asked for."""
        is_recheck = known.get("status") in {"loaded", "removed"}
        learned: Row = {}
        if fetched.status is None and isinstance(fetched.exchange, Response):
            own = (
                fetched.exchange.url
                == fetched.permanent_url
                == urls.without_fragment(page["found_url"])
            )
            said = fetched.exchange.validators if own else Validators()
            learned = {
                "etag": said.etag,
                "last_modified": said.last_modified,
                "body_hash": _digest(fetched),
                "attempts": 0,
            }
        if is_recheck:  # a failed recheck leaves the page what it was
            status = {None: "loaded", "unchanged": "loaded"}.get(fetched.status, known["status"])
            status = "removed" if fetched.http_status in _GONE else status
            learned["rechecks"] = (known["rechecks"] or 0) + 1
        else:
            status = fetched.status or "loaded"
            if status == "fetch_failed":
                tries = (known.get("attempts") or 0) + 1
                learned["attempts"] = tries if fetched.is_passing else MOST_ATTEMPTS
        self._learn_ended(
            page, str(status), fetched.reason, fetched_at=fetched.exchange.at, **learned
        )

    def _learn_ended(self, page: Row, status: str, reason: str | None, **more: Any) -> None:
        self._frontier.learn(
            "page",
            page["url"],
            status=status,
            reason=reason,
            first_seen_at=page["first_seen_at"],
            **{name: page[name] for name in _HINTS},
            **more,
        )

    # robots and archives ------------------------------------------------------------------

    async def _why_not(self, url: str) -> Refusal | None:
        if url in self._taken_down:
            return Refusal("quarantined", TAKEN_DOWN)
        if self._is_one_too_many(urls.host(url)):
            reason = f"pages of more than {self._limits.max_hosts} hosts in one look"
            return Refusal("deferred", reason)
        robots, origin = await self._robots.of(url), urls.origin(url)
        if origin not in self._paced:
            self._paced.add(origin)
            host = self._way.hosts(urls.hostname(url))
            delay = min(robots.crawl_delay(self._agent), self._limits.max_crawl_delay_seconds)
            host.gap_seconds = max(host.gap_seconds, delay)
        return robots.why_not(url, self._agent)

    def _import(self) -> None:
        """Rows for what the source's archives hold."""
        for point in self._source.entry_points:
            if point.path is None:
                continue
            try:
                for position, exchange in enumerate(self._way.imports(point)):
                    self._take_imported(exchange, Sighting(point.path, position, self._run.cutoff))
            except archives.ArchiveUnreadableError as error:
                LOGGER.warning("%s: %s", self._source.id, error)
                self.found.worsen("unreachable")

    def _take_imported(self, exchange: Exchange, seen: Sighting) -> None:
        if self._frontier.has(exchange.url):
            return
        is_record = isinstance(exchange, Response) and (
            exchange.header("Content-Type") == archives.RECORD_TYPE
        )
        row = {
            "url": exchange.url,
            "found_url": exchange.url,
            "host": "-",
            "via": seen.via,
            "position": seen.position,
            "discovered_at": seen.at,
        }
        self._frontier.show([row])
        values = self._basic_outcome(judge_response(exchange))
        values |= {"kind": "record" if is_record else "http", "first_seen_at": seen.at}
        if exchange.url in self._taken_down:
            values |= {"status": "quarantined", "reason": TAKEN_DOWN}
        self._frontier.settle(exchange.url, **values)


def _digest(fetched: Fetched) -> str | None:
    """The hash of a response's body as received; None where there is none."""
    if isinstance(fetched.exchange, Failure):
        return None
    return hashlib.sha256(fetched.exchange.body).hexdigest()


class _Progress:
    """A line in the log every few seconds of a long source."""

    def __init__(self, name: str, total: int) -> None:
        self._name, self._total, self._done, self._last = name, total, 0, time.monotonic()

    def step(self) -> None:
        self._done += 1
        if time.monotonic() - self._last >= _PROGRESS_SECONDS:
            self._last = time.monotonic()
            LOGGER.info("%s: %d of %d pages", self._name, self._done, self._total)
