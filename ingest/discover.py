"""Discovering: every page that the entry points of one source show, each once."""

import asyncio
import logging
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.config import Fetching, Source
from core.landed import FEED_STATUSES
from ingest import feeds, urls
from ingest.cage import Cage
from ingest.dates import Moment
from ingest.encoding import EncodingError, TooLargeError, decode
from ingest.exchange import Purpose, Response
from ingest.feeds import Item, Listing, NotAFeedError
from ingest.fetch import Allow, Fetcher

LOGGER = logging.getLogger(__name__)
MOST_SITEMAPS = 50
_CREDENTIALS = re.compile(r"//[^/?#@]*@")


@dataclass(frozen=True)
class Found:
    """A discovered page. `refusal` is set where its URL is never fetched."""

    url: str
    found_url: str
    via: str
    position: int
    at: datetime
    title: str = ""
    method: str = "feed"
    published: Moment | None = None
    updated: Moment | None = None
    refusal: str | None = None


@dataclass(frozen=True)
class Sighting:
    """Where and when an entry point showed an item; `method` names the kind of its date."""

    via: str
    position: int
    at: datetime
    method: str


@dataclass
class Discovery:
    """What a source's entry points gave; `feed_status` is the worst of them."""

    pages: dict[str, Found] = field(default_factory=dict)
    feed_status: str = "ok"

    def worsen(self, status: str) -> None:
        self.feed_status = max(self.feed_status, status, key=FEED_STATUSES.index)

    def add(self, item: Item, seen: "Sighting") -> None:
        """Take an item unless its page is known already; a later sighting may add its date."""
        if not item.url:
            return
        refusal = None
        try:
            url = urls.canonical_url(item.url)
        except urls.UrlRefusedError as refused:
            url, refusal = _CREDENTIALS.sub("//", item.url)[:2000], str(refused)
        known = self.pages.get(url)
        if known is None or (known.published is None and item.published is not None):
            self.pages[url] = Found(
                url=url,
                found_url=known.found_url if known else _CREDENTIALS.sub("//", item.url)[:2000],
                via=known.via if known else seen.via,
                position=known.position if known else seen.position,
                at=known.at if known else seen.at,
                title=item.title or (known.title if known else ""),
                method=seen.method,
                published=item.published,
                updated=item.updated or (known.updated if known else None),
                refusal=refusal,
            )


@dataclass(frozen=True)
class Discoverer:
    """Reads the entry points of one source; a dead one is a status, never an error."""

    source: Source
    limits: Fetching
    fetcher: Fetcher
    allow: Allow
    cage: Cage
    found: Discovery = field(default_factory=Discovery)

    async def discover(self) -> Discovery:
        """Read every feed and sitemap of the source."""
        for point in self.source.entry_points:
            if point.kind == "feed":
                await self._read_feed(str(point.url))
            elif point.kind == "sitemap":
                await self._read_sitemaps(str(point.url))
        return self.found

    async def _read_feed(self, url: str) -> None:
        got = await self._document(url, "feed", self.limits.max_feed_bytes)
        if got is None:
            return
        response, body = got
        content_type = response.header("Content-Type")
        arguments = (body, response.url, content_type, self.source.timezone)
        listing = await self._caged(url, feeds.parse_feed, arguments)
        self._take(listing, url, response.at, "feed")

    async def _read_sitemaps(self, first: str) -> None:
        """A sitemap, or those that an index names, up to MOST_SITEMAPS in all."""
        waiting, seen = [first], {first}
        while waiting:
            url = waiting.pop(0)
            got = await self._document(url, "sitemap", self.limits.max_sitemap_bytes)
            if got is None:
                continue
            response, body = got
            arguments = (body, response.url, self.source.timezone)
            listing = await self._caged(url, feeds.parse_sitemap, arguments)
            self._take(listing, url, response.at, "sitemap")
            for child in listing.sitemaps:
                if child not in seen and len(seen) < MOST_SITEMAPS:
                    seen.add(child)
                    waiting.append(child)

    def _take(self, listing: Listing, via: str, at: datetime, method: str) -> None:
        for position, item in enumerate(listing.items):
            self.found.add(item, Sighting(via, position, at, method))

    async def _document(
        self, url: str, purpose: Purpose, max_bytes: int
    ) -> tuple[Response, bytes] | None:
        """The response and decoded body of an entry point, or None after noting what was wrong."""
        refusal = await self.allow(url)
        if refusal:
            unread = refusal.startswith("robots.txt:")
            self._note(url, "unreachable" if unread else "robots_disallowed", refusal)
            return None
        fetched = await self.fetcher.fetch(url, purpose, max_bytes, self.allow)
        if fetched.status is not None or not isinstance(fetched.exchange, Response):
            refused = fetched.status == "robots_disallowed"
            status = "robots_disallowed" if refused else "unreachable"
            self._note(url, status, fetched.reason or "no answer")
            return None
        try:
            body = fetched.exchange.decoded(max_bytes)
            if body[:2] == b"\x1f\x8b":  # a .gz file, served as what it is
                body = decode(body, "gzip", max_bytes)
        except (EncodingError, TooLargeError):
            self._note(url, "unreachable", "its body cannot be decoded within the limit")
            return None
        return fetched.exchange, body

    async def _caged(self, url: str, parse: Any, arguments: tuple[Any, ...]) -> Listing:
        try:
            listing: Listing = await asyncio.wrap_future(self.cage.submit(parse, *arguments))
        except NotAFeedError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 (whatever a parser raises is the feed's fault)
            reason = str(self.cage.outcome(error))
        else:
            return listing
        self._note(url, "not_a_feed", reason)
        return Listing([])

    def _note(self, url: str, status: str, reason: str) -> None:
        self.found.worsen(status)
        LOGGER.warning("%s: %s gave no items: %s", self.source.id, url, reason)
