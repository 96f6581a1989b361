"""Discovering: every page that the entry points of one source show, each once."""

import asyncio
import hashlib
import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import batched
from typing import Any

from core.config import EntryPoint, Fetching, Source
from core.landed import FEED_STATUSES
from ingest import feeds, urls
from ingest.cage import Cage
from ingest.encoding import EncodingError, TooLargeError, decode
from ingest.exchange import Purpose, Response, Validators
from ingest.feeds import Item, Listing, NotAFeedError
from ingest.fetch import Allow, Fetcher, Refusal
from ingest.frontier import Frontier

LOGGER = logging.getLogger(__name__)
_MOST_CHARACTERS = 2_000
_AT_A_TIME = 200  # items taken before other sources get their turn


@dataclass(frozen=True)
class Sighting:
    """Where and when an entry point showed an item; `method` names the kind of its date."""

    via: str
    position: int
    at: datetime
    method: str = "feed"


@dataclass
class Discovery:
    """What a source's entry points gave: the worst of their statuses, how much was new.

    `new_share` is the largest share of unknown URLs that an entry point showed; `lost_items` says
    that one which had been read before showed nothing else.
    """

    feed_status: str = "ok"
    new_share: float = 0.0
    lost_items: bool = False

    def worsen(self, status: str) -> None:
        self.feed_status = max(self.feed_status, status, key=FEED_STATUSES.index)

    def count(self, shown: int, new: int, *, was_read: bool) -> None:
        if shown:
            self.new_share = max(self.new_share, new / shown)
            self.lost_items = self.lost_items or (was_read and new == shown)


@dataclass(frozen=True)
class Discoverer:
    """Reads the entry points of one source; a dead one is a status, never an error.

    With `is_conditional` an entry point is asked whether it has changed, unless one of the
    source's has once said that it had not when it had.
    """

    source: Source
    limits: Fetching
    fetcher: Fetcher
    allow: Allow
    cage: Cage
    frontier: Frontier
    is_conditional: bool
    found: Discovery = field(default_factory=Discovery)

    async def discover(self) -> Discovery:
        """Read every feed and sitemap of the source."""
        for point in self.source.entry_points:
            if point.kind == "feed":
                await self._read_feed(point)
            elif point.kind == "sitemap":
                await self._read_sitemaps(point)
        return self.found

    async def _read_feed(self, point: EntryPoint) -> None:
        url = str(point.url)
        got = await self._document(url, "feed", self.limits.max_feed_bytes)
        if got is None:
            return
        response, body = got
        content_type = response.header("Content-Type")
        arguments = (body, response.url, content_type, self.source.timezone)
        listing = await self._caged(url, feeds.parse_feed, *arguments, self.limits.max_feed_entries)
        await self._take(listing, Sighting(url, 0, response.at, "feed"))

    async def _read_sitemaps(self, point: EntryPoint) -> None:
        """A sitemap, or those that an index names, bounded in depth and number."""
        first, name = str(point.url), self.source.id
        waiting, seen = [(first, 1)], {first}
        while waiting:
            url, depth = waiting.pop(0)
            got = await self._document(url, "sitemap", self.limits.max_sitemap_bytes)
            if got is None:
                continue
            response, body = got
            listing = await self._caged(
                url, feeds.parse_sitemap, body, response.url, self.source.timezone
            )
            await self._take(listing, Sighting(url, 0, response.at, "sitemap"))
            children = [one for one in dict.fromkeys(listing.sitemaps) if one not in seen]
            is_deep = depth >= self.limits.max_sitemap_depth
            room = 0 if is_deep else max(0, self.limits.max_sitemaps - len(seen))
            seen.update(children[:room])
            waiting += [(child, depth + 1) for child in children[:room]]
            if len(children) > room:
                left = len(children) - room
                LOGGER.warning("%s: %d sitemaps of %s are beyond the limits", name, left, url)

    async def _take(self, listing: Listing, seen: Sighting) -> None:
        known = self.frontier.known("entry", seen.via)
        shown = new = 0
        for items in batched(enumerate(listing.items), _AT_A_TIME):
            rows = (sighted(item, replace(seen, position=position)) for position, item in items)
            more, unknown = self.frontier.show(row for row in rows if row is not None)
            shown, new = shown + more, new + unknown
            await asyncio.sleep(0)  # other sources' hosts must not wait for a long list
        if listing.is_cut:
            LOGGER.warning("%s: %s has more entries than the limit", self.source.id, seen.via)
        was_read = bool(known and known["shown_at"])
        self.found.count(shown, new, was_read=was_read)
        if shown:
            self.frontier.learn("entry", seen.via, shown_at=seen.at)

    async def _document(
        self, url: str, purpose: Purpose, max_bytes: int
    ) -> tuple[Response, bytes] | None:
        """The response and decoded body of an entry point.

        None where it has not changed since the last look, or after noting what was wrong.
        """
        try:
            refused = await self.allow(url)
        except urls.UrlRefusedError as error:
            refused = Refusal("blocked_address", str(error))
        if refused:
            self._note(url, _feed_status(refused), refused.reason)
            return None
        known = self._validators(url) if self.is_conditional else None
        fetched = await self.fetcher.fetch(url, purpose, max_bytes, self.allow, known)
        if fetched.status == "unchanged" and known:
            return None
        if fetched.status is not None or not isinstance(fetched.exchange, Response):
            ended = Refusal(fetched.status or "fetch_failed", fetched.reason or "no answer")
            self._note(url, _feed_status(ended), ended.reason)
            return None
        try:
            body = fetched.exchange.decoded(max_bytes)
            if body[:2] == b"\x1f\x8b":  # a .gz file, served as what it is
                body = decode(body, "gzip", max_bytes)
        except (EncodingError, TooLargeError):
            self._note(url, "unreachable", "its body cannot be decoded within the limit")
            return None
        is_same = self._remember(url, fetched.exchange, body)
        return None if is_same and self.is_conditional else (fetched.exchange, body)

    def _validators(self, url: str) -> Validators | None:
        known = self.frontier.known("entry", url)
        source = self.frontier.known("source", self.source.id)
        if known is None or (source and source["is_distrusted"]):
            return None
        validators = Validators(known["etag"] or "", known["last_modified"] or "")
        return validators if validators != Validators() else None

    def _remember(self, url: str, response: Response, body: bytes) -> bool:
        """Keep validators and body hash; equal validators on another body are a lie.

        Returns whether the body is that of the last look.
        """
        digest = hashlib.sha256(body).hexdigest()
        known = self.frontier.known("entry", url)
        said = response.validators if response.url == url else Validators()
        if known and known["body_hash"] != digest and _repeats(said, known):
            LOGGER.warning("%s: %s changed under the same ETag or date", self.source.id, url)
            self.frontier.learn("source", self.source.id, is_distrusted=True)
        self.frontier.learn(
            "entry",
            url,
            fetched_at=response.at,
            etag=said.etag,
            last_modified=said.last_modified,
            body_hash=digest,
        )
        return bool(known and known["body_hash"] == digest)

    async def _caged(self, url: str, parse: Any, *arguments: Any) -> Listing:
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


def _feed_status(ended: Refusal) -> str:
    """The status of an entry point that ended so; a robots.txt that cannot be had is no word."""
    if ended.status == "robots_disallowed" and ended.reason.startswith("robots.txt:"):
        return "unreachable"
    return ended.status if ended.status in FEED_STATUSES else "unreachable"


def _repeats(said: Validators, known: dict[str, Any]) -> bool:
    if said.etag:
        return bool(said.etag == known["etag"])
    return bool(said.last_modified and said.last_modified == known["last_modified"])


def sighted(item: Item, seen: Sighting) -> dict[str, Any] | None:
    """The frontier's row for an item; None for one that links to nothing.

    A URL that is never fetched has its disposition at once.
    """
    if not item.url:
        return None
    row: dict[str, Any] = {
        "found_url": item.url,
        "via": seen.via,
        "position": seen.position,
        "discovered_at": seen.at,
        "kind": "http",
        "title_hint": item.title,
        "hint_method": seen.method if item.published else None,
        "hint_value": item.published.value if item.published else None,
        "hint_precision": item.published.precision if item.published else None,
        "updated_hint": item.updated.value if item.updated else None,
        "categories": "\n".join(item.categories),
    }
    try:
        url = urls.canonical_url(item.url)
        return row | {"url": url, "host": urls.host(url)}
    except urls.UrlRefusedError as refused:
        plain = urls.without_credentials(item.url)[:_MOST_CHARACTERS]
        return row | {"url": plain, "found_url": plain, "host": "", "reason": str(refused)}
