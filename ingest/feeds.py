"""What an entry point shows: the items of RSS, Atom, JSON feeds and sitemaps. Runs in the cage."""

import html
import json
import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
from lxml import etree

from core.identity import clean_text
from ingest import urls
from ingest.charset import decode_text
from ingest.dates import Moment, parse_date

MOST_ITEMS = 50_000
_TITLE_CHARACTERS = 500
_CODE = re.compile(r"<(script|style)\b.{0,9999}?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")


class NotAFeedError(ValueError):
    """The document is no feed or sitemap; the text says what it looks like."""


@dataclass(frozen=True)
class Item:
    """A page that an entry point shows.

    `url` is resolved but not yet canonical, and empty where an item links to nothing.
    """

    url: str
    title: str = ""
    published: Moment | None = None
    updated: Moment | None = None
    authors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Listing:
    """The items of an entry point in its own order, and the sitemaps that an index names."""

    items: list[Item]
    sitemaps: list[str] = field(default_factory=list)


def parse_feed(body: bytes, url: str, content_type: str, timezone: str) -> Listing:
    """The items of an RSS, Atom, RDF, CDF or JSON feed.

    Raises:
        NotAFeedError: it is something else.
    """
    if not body.strip():
        raise NotAFeedError("empty")
    zone = ZoneInfo(timezone)
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in {b"{", b"["}:
        return _json_feed(decode_text(body, content_type), url, zone)
    parsed = feedparser.parse(
        BytesIO(body),
        response_headers={"content-type": content_type, "content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        head = body[:1024].lower()
        is_page = b"<html" in head or b"<!doctype html" in head
        raise NotAFeedError("an HTML page, not a feed" if is_page else "not a feed")
    base = _resolved(parsed.feed.get("link") or "", url) or url
    return Listing([_entry(entry, base, zone) for entry in parsed.entries[:MOST_ITEMS]])


def _entry(entry: Any, base: str, zone: ZoneInfo) -> Item:
    links = [one.get("href") for one in entry.get("links", []) if one.get("rel") == "alternate"]
    link = entry.get("link") or next((one for one in links if one), "")
    if not link and entry.get("guidislink", True):
        link = entry.get("id") or ""
    names = [person.get("name", "") for person in entry.get("authors", []) if person]
    return Item(
        url=_resolved(link, base) or link,
        title=_title(entry),
        published=_moment(entry, "published", zone) or _moment(entry, "created", zone),
        updated=_moment(entry, "updated", zone),
        authors=[clean_text(name) for name in names if name],
    )


def _moment(entry: Any, name: str, zone: ZoneInfo) -> Moment | None:
    """The date as written, else as feedparser understood it (it knows rarer notations)."""
    text = dict.get(entry, name)  # feedparser's own lookup maps 'updated' to 'published'
    moment = parse_date(text, zone) if isinstance(text, str) else None
    parsed = dict.get(entry, f"{name}_parsed")
    if moment is None and parsed:
        stamp = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parsed[:6])
        moment = parse_date(stamp, zone)
    return moment


def _json_feed(text: str, url: str, zone: ZoneInfo) -> Listing:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAFeedError("not valid JSON") from error
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise NotAFeedError("JSON, but not a JSON Feed (no list of items)")
    base = _resolved(str(document.get("home_page_url") or ""), url) or url
    items = []
    for entry in document["items"][:MOST_ITEMS]:
        if not isinstance(entry, dict):
            continue
        link = entry.get("url") or entry.get("external_url") or entry.get("id") or ""
        link = link if isinstance(link, str) else ""
        named = entry.get("authors") or [entry.get("author")]
        items.append(
            Item(
                url=_resolved(link, base) or link,
                title=_plain(str(entry.get("title") or "")),
                published=parse_date(str(entry.get("date_published") or ""), zone),
                updated=parse_date(str(entry.get("date_modified") or ""), zone),
                authors=[
                    str(one["name"]) for one in named if isinstance(one, dict) and one.get("name")
                ],
            )
        )
    return Listing(items)


def parse_sitemap(body: bytes, url: str, timezone: str) -> Listing:
    """The pages of a sitemap (news fields where it has them), or the sitemaps of an index.

    Raises:
        NotAFeedError: it is something else, or breaks before its first entry.
    """
    zone, root = ZoneInfo(timezone), ""
    items: list[Item] = []
    sitemaps: list[str] = []
    try:
        for _, element in etree.iterparse(
            BytesIO(body),
            events=("end",),
            tag=("{*}url", "{*}sitemap", "{*}urlset", "{*}sitemapindex"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=True,
        ):
            name = etree.QName(element).localname
            fields = {} if name in {"urlset", "sitemapindex"} else _fields(element)
            root = root or ("urlset" if name in {"url", "urlset"} else "sitemapindex")
            if name == "url" and fields.get("loc") and len(items) < MOST_ITEMS:
                items.append(_page(fields, url, zone))
            elif name == "sitemap" and fields.get("loc"):
                sitemaps.append(_resolved(fields["loc"], url) or fields["loc"])
            if fields:
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        if not items and not sitemaps:
            raise NotAFeedError("not valid XML") from error
    if not root:
        raise NotAFeedError("not a sitemap")
    return Listing(items, sitemaps)


def _fields(element: Any) -> dict[str, str]:
    """The texts below an entry by local name, the first of each."""
    found: dict[str, str] = {}
    for child in element.iter("{*}*"):
        found.setdefault(etree.QName(child).localname, (child.text or "").strip())
    return found


def _page(fields: dict[str, str], base: str, zone: ZoneInfo) -> Item:
    return Item(
        url=_resolved(fields["loc"], base) or fields["loc"],
        title=_plain(fields.get("title", "")),
        published=parse_date(fields.get("publication_date", ""), zone),
        updated=parse_date(fields.get("lastmod", ""), zone),
    )


def _resolved(link: str, base: str) -> str | None:
    try:
        return str(urls.parse(link, base).href) if link else None
    except urls.UrlRefusedError:
        return None


def _title(entry: Any) -> str:
    """The title as plain text: markup and character references of an HTML title undone."""
    title = entry.get("title") or ""
    kind = (entry.get("title_detail") or {}).get("type") or ""
    if "html" in kind and ("<" in title or "&" in title):
        title = html.unescape(_TAG.sub("", _CODE.sub("", title)))
    return _plain(title)


def _plain(text: str) -> str:
    return " ".join(clean_text(text).split())[:_TITLE_CHARACTERS]
