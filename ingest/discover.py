"""Discovering: every page that the entry points of one source show, each once."""

import asyncio
import logging
import re
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.config import EntryPoint, Fetching, Source
from core.landed import FEED_STATUSES
from ingest import feeds, urls
from ingest.cage import Cage
from ingest.dates import Moment
from ingest.encoding import EncodingError, TooLargeError
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


@dataclass
class Discovery:
    """What a source's entry points gave; `feed_status` is the worst of them."""

    pages: dict[str, Found] = field(default_factory=dict)
    feed_status: str = "ok"

    def worsen(self, status: str) -> None:
        self.feed_status = max(self.feed_status, status, key=FEED_STATUSES.index)

    def add(self, item: Item, via: str, position: int, at: datetime, method: str) -> None:
        """Take an item unless its page is known already; a later sighting may add its date."""
        refusal = None
        try:
            url = urls.canonical_url(item.url)
        except urls.UrlRefusedError as refused:
            url, refusal = _CREDENTIALS.sub("//", item.url)[:2000], str(refused)
        known = self.pages.get(url)
        if known is None or (known.published is None and item.published is not None):
            self.pages[url] = Found(
                url=url,
                found_url=_CREDENTIALS.sub("//", item.url)[:2000],
                via=known.via if known else via,
                position=known.position if known else position,
                at=known.at if known else at,
                title=item.title or (known.title if known else ""),
                method=method,
                published=item.published,
                updated=item.updated or (known.updated if known else None),
                refusal=refusal,
            )


async def discover(
    source: Source, limits: Fetching, fetcher: Fetcher, allow: Allow, cage: Cage
) -> Discovery:
    """Read every feed and sitemap of a source; a dead one is a status, never an error."""
    found = Discovery()
    for point in source.entry_points:
        if point.kind == "feed":
            await _read_feed(point, source, limits, fetcher, allow, cage, found)
        elif point.kind == "sitemap":
            await _read_sitemaps(point, source, limits, fetcher, allow, cage, found)
    return found


async def _read_feed(
    point: EntryPoint,
    source: Source,
    limits: Fetching,
    fetcher: Fetcher,
    allow: Allow,
    cage: Cage,
    found: Discovery,
) -> None:
    url = str(point.url)
    got = await _document(url, "feed", limits.max_feed_bytes, fetcher, allow, found)
    if got is None:
        return
    response, body = got
    content_type = response.header("Content-Type")
    arguments = (body, response.url, content_type, source.timezone)
    listing = await _caged(cage, source, url, found, feeds.parse_feed, arguments)
    for position, item in enumerate(listing.items):
        found.add(item, url, position, response.at, "feed")


async def _read_sitemaps(
    point: EntryPoint,
    source: Source,
    limits: Fetching,
    fetcher: Fetcher,
    allow: Allow,
    cage: Cage,
    found: Discovery,
) -> None:
    """A sitemap, or those that an index names, up to MOST_SITEMAPS in all."""
    waiting, seen = [str(point.url)], {str(point.url)}
    while waiting:
        url = waiting.pop(0)
        got = await _document(url, "sitemap", limits.max_sitemap_bytes, fetcher, allow, found)
        if got is None:
            continue
        response, body = got
        arguments = (body, response.url, source.timezone)
        listing = await _caged(cage, source, url, found, feeds.parse_sitemap, arguments)
        for position, item in enumerate(listing.items):
            found.add(item, url, position, response.at, "sitemap")
        for child in listing.sitemaps:
            if child not in seen and len(seen) < MOST_SITEMAPS:
                seen.add(child)
                waiting.append(child)


async def _document(
    url: str, purpose: Purpose, max_bytes: int, fetcher: Fetcher, allow: Allow, found: Discovery
) -> tuple[Response, bytes] | None:
    """The response and decoded body of an entry point, or None after noting what was wrong."""
    refusal = await allow(url)
    if refusal:
        unread = refusal.startswith("robots.txt:")
        found.worsen("unreachable" if unread else "robots_disallowed")
        LOGGER.warning("%s was not fetched: %s", url, refusal)
        return None
    fetched = await fetcher.fetch(url, purpose, max_bytes, allow)
    if fetched.status is not None or not isinstance(fetched.exchange, Response):
        found.worsen(
            "robots_disallowed" if fetched.status == "robots_disallowed" else "unreachable"
        )
        LOGGER.warning("%s could not be read: %s", url, fetched.reason)
        return None
    try:
        body = fetched.exchange.decoded(max_bytes)
        if body[:2] == b"\x1f\x8b":  # a .gz file, served as what it is
            body = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, max_bytes)
    except (EncodingError, TooLargeError, zlib.error):
        found.worsen("unreachable")
        LOGGER.warning("%s could not be read: its body cannot be decoded", url)
        return None
    return fetched.exchange, body


async def _caged(
    cage: Cage, source: Source, url: str, found: Discovery, parse: Any, arguments: tuple[Any, ...]
) -> Listing:
    try:
        listing: Listing = await asyncio.wrap_future(cage.submit(parse, *arguments))
    except NotAFeedError as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001 (whatever a parser raises is the feed's fault)
        reason = str(cage.outcome(error))
    else:
        return listing
    found.worsen("not_a_feed")
    LOGGER.warning("%s: %s gave no items: %s", source.id, url, reason)
    return Listing([])
