"""What an entry point shows: the items of RSS, Atom, JSON feeds and sitemaps. Runs in the cage."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
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
_MOST_CATEGORIES, _CATEGORY_CHARACTERS = 10, 80
_MOST_AUTHORS, _AUTHOR_CHARACTERS = 20, 200
_MOST_ATTRIBUTES = 1_000  # feedparser's time grows with the square of their number
_MARKUP_CHARACTERS = 5_000  # of a title with its markup; more would only cost time
_CODE = re.compile(
    r"<!--.*?-->|<![^<>]{0,2000}>|<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{10000,}")
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_SMALL_ENTITY = re.compile(r"""<!ENTITY\s+\w+\s+(?:"[^"&%<]{0,80}"|"&\#\w{1,8};")\s*>""")
_ELEMENT = re.compile(r"<([A-Za-z][\w:.-]*)")
_ENTRY = re.compile(r"<(?:[A-Za-z][\w.-]*:)?(?:item|entry)(?=[\s/>])")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class NotAFeedError(ValueError):
    """The document is no feed or sitemap; the text says what it looks like."""


@dataclass(frozen=True, slots=True)
class Item:
    """A page that an entry point shows.

    `url` is resolved but not yet canonical, and empty where an item links to nothing.
    `categories` are the publisher's own words for section, keyword and genre: at most 10 of at
    most 80 characters.
    """

    url: str
    title: str = ""
    published: Moment | None = None
    updated: Moment | None = None
    authors: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Listing:
    """The items of an entry point in its own order, and the sitemaps that an index names.

    `is_cut` where it holds more entries than were asked for.
    """

    items: list[Item]
    sitemaps: list[str] = field(default_factory=list)
    is_cut: bool = False


def parse_feed(
    body: bytes, url: str, content_type: str, timezone: str, most_items: int = MOST_ITEMS
) -> Listing:
    """The first `most_items` items of an RSS, Atom, RDF, CDF or JSON feed.

    Raises:
        NotAFeedError: it is something else.
    """
    text = _NOT_XML.sub("", decode_text(body, content_type)).strip()
    if not text:
        raise NotAFeedError("empty")
    zone = ZoneInfo(timezone)
    if text[0] in "{[":
        return _json_feed(text, url, zone, most_items)
    text, is_cut = _first_entries(text, most_items)
    parsed = _understood(text, url)
    if not parsed.get("version") and not parsed.entries:
        head = text[:1024].lower()
        is_page = "<html" in head or "<!doctype html" in head
        raise NotAFeedError("an HTML page, not a feed" if is_page else "not a feed")
    base = _resolved(parsed.feed.get("link") or "", url) or url
    is_rss = (parsed.get("version") or "").startswith("rss")
    entries = parsed.entries[:most_items]
    return Listing([_entry(one, base, zone, is_rss=is_rss) for one in entries], is_cut=is_cut)


def _first_entries(text: str, most: int) -> tuple[str, bool]:
    """The document up to its entry `most`, closed again; and whether there are more."""
    surplus = next(islice(_ENTRY.finditer(text), most, None), None)
    root = _ELEMENT.search(text)
    if surplus is None or root is None:
        return text, False
    end = "</channel></rss>" if root[1].lower() == "rss" else f"</{root[1]}>"
    return text[: surplus.start()] + end, True


def _understood(text: str, url: str) -> Any:
    """What feedparser makes of the document, without entities that could swell it."""
    if any(tag[0].count("=") > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(text)):
        raise NotAFeedError(f"an element has more than {_MOST_ATTRIBUTES:,} attributes")
    document = _with_small_entities(text)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        return feedparser.parse(
            BytesIO(document.encode()),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # feedparser does not say what it raises
        raise NotAFeedError(f"the feed parser failed: {type(error).__name__}") from error


def _with_small_entities(text: str) -> str:
    """The document without prolog, and with a document type of short plain entities only."""
    start = _PROLOG.match(text)
    text = text[start.end() :] if start else text
    doctype = _DOCTYPE.match(text)
    if doctype is None:
        return text
    entities = "\n".join(match[0] for match in _SMALL_ENTITY.finditer(doctype[0]))
    kept = f"<!DOCTYPE feed [\n{entities}\n]>\n" if entities else ""
    return kept + text[doctype.end() :]


def _entry(entry: Any, base: str, zone: ZoneInfo, *, is_rss: bool) -> Item:
    links = [one.get("href") for one in entry.get("links", []) if one.get("rel") == "alternate"]
    links = [one for one in links if one]
    link = entry.get("link") or ""
    if links and link not in links:  # feedparser may have taken an enclosure
        link = links[0]
    if not link and entry.get("guidislink", True):
        link = entry.get("id") or ""
    published = _moment(entry, "published", zone) or _moment(entry, "created", zone)
    updated = _moment(entry, "updated", zone)
    if published is None and is_rss:  # the date of Dublin Core, which feedparser calls updated
        published = updated
    return Item(
        url=_resolved(link, base) or link,
        title=_title(entry),
        published=published,
        updated=updated,
        authors=_names(person.get("name") for person in entry.get("authors", []) if person),
        categories=_categories(tag.get("term") for tag in entry.get("tags", []) if tag),
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


def _json_feed(text: str, url: str, zone: ZoneInfo, most_items: int) -> Listing:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAFeedError("not valid JSON") from error
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise NotAFeedError("JSON, but not a JSON Feed (no list of items)")
    base = _resolved(_text(document, "home_page_url"), url) or url
    entries = document["items"]
    items = [_json_item(one, base, zone) for one in entries[:most_items] if isinstance(one, dict)]
    return Listing(items, is_cut=len(entries) > most_items)


def _json_item(entry: dict[str, Any], base: str, zone: ZoneInfo) -> Item:
    link = _text(entry, "url") or _text(entry, "external_url") or _text(entry, "id")
    people = _list(entry, "authors") or [entry.get("author")]
    return Item(
        url=_resolved(link, base) or link,
        title=_plain(_text(entry, "title")),
        published=parse_date(_text(entry, "date_published"), zone),
        updated=parse_date(_text(entry, "date_modified"), zone),
        authors=_names(_text(one, "name") for one in people if isinstance(one, dict)),
        categories=_categories(one for one in _list(entry, "tags") if isinstance(one, str)),
    )


def _text(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _list(entry: dict[str, Any], name: str) -> list[Any]:
    value = entry.get(name)
    return value if isinstance(value, list) else []


def parse_sitemap(body: bytes, url: str, timezone: str, most_items: int = MOST_ITEMS) -> Listing:
    """The first `most_items` pages of a sitemap (with its news fields), or sitemaps of an index.

    Raises:
        NotAFeedError: it is something else, or breaks before its first entry.
    """
    text = _NOT_XML.sub("", decode_text(body)).strip()
    zone, is_sitemap, is_cut = ZoneInfo(timezone), False, False
    items: list[Item] = []
    sitemaps: list[str] = []
    try:
        for name, fields in _sitemap_entries(text.encode()):
            is_sitemap = True
            if len(items) + len(sitemaps) >= most_items and fields.get("loc"):
                is_cut = True
                break
            if name == "url" and fields.get("loc"):
                items.append(_page(fields, url, zone))
            elif name == "sitemap" and fields.get("loc"):
                sitemaps.append(_resolved(fields["loc"], url) or fields["loc"])
    except etree.XMLSyntaxError as error:
        if not items and not sitemaps:
            raise NotAFeedError("not valid XML") from error
    if not is_sitemap:
        raise NotAFeedError("not a sitemap")
    return Listing(items, sitemaps, is_cut)


def _sitemap_entries(document: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """(name, fields) of every entry, and of the root, whose fields are empty."""
    for _, element in etree.iterparse(
        BytesIO(document),
        events=("end",),
        tag=("{*}url", "{*}sitemap", "{*}urlset", "{*}sitemapindex"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
    ):
        name = _name(element)
        if name in {"urlset", "sitemapindex"}:
            yield name, {}
            continue
        yield name, _fields(element)
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _fields(element: Any) -> dict[str, str]:
    """The texts of an entry and of its `news` part by local name, the first of each.

    A text with an entity that nothing declares safely is left out: half a URL is another URL.
    """
    found: dict[str, str] = {}
    children = list(element.iterchildren("*"))
    news = [one for child in children if _name(child) == "news" for one in child.iterchildren("*")]
    for child in [*children, *news]:
        if not len(child):
            found.setdefault(_name(child), (child.text or "").strip())
    return found


def _name(element: Any) -> str:
    """The local name, also of a prefix that nothing declares."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _page(fields: dict[str, str], base: str, zone: ZoneInfo) -> Item:
    return Item(
        url=_resolved(fields["loc"], base) or fields["loc"],
        title=_plain(fields.get("title", "")),
        published=parse_date(fields.get("publication_date", ""), zone),
        updated=parse_date(fields.get("lastmod", ""), zone),
        categories=_categories(
            word for name in ("genres", "keywords") for word in fields.get(name, "").split(",")
        ),
    )


def _resolved(link: str, base: str) -> str | None:
    try:
        return str(urls.parse(link, base).href) if link else None
    except urls.UrlRefusedError:
        return None


def _title(entry: Any) -> str:
    """The title as plain text: markup and character references of an HTML title undone."""
    title = (entry.get("title") or "")[:_MARKUP_CHARACTERS]
    kind = (entry.get("title_detail") or {}).get("type") or ""
    if "html" in kind and ("<" in title or "&" in title):
        title = html.unescape(_TAG.sub("", _CODE.sub("", title)))
    return _plain(title)


def _plain(text: str) -> str:
    return " ".join(clean_text(text[:_MARKUP_CHARACTERS]).split())[:_TITLE_CHARACTERS]


def _names(names: Iterable[str | None]) -> list[str]:
    plain = (_plain(name)[:_AUTHOR_CHARACTERS] for name in names if name)
    return list(islice(dict.fromkeys(name for name in plain if name), _MOST_AUTHORS))


def _categories(words: Iterable[str | None]) -> list[str]:
    plain = (_plain(word)[:_CATEGORY_CHARACTERS] for word in words if word)
    return list(islice(dict.fromkeys(word for word in plain if word), _MOST_CATEGORIES))
