"""What an entry point's document is, and the feeds that a page of HTML names."""

import re
from dataclasses import dataclass

from trafilatura import load_html

from ingest import urls
from ingest.charset import decode_text

_HEAD_BYTES = 4_000
_ROOT = re.compile(rb"<(?:[a-z]+:)?(rss|feed|rdf|urlset|sitemapindex|html)\b", re.IGNORECASE)
_NAMES = {
    b"rss": "RSS",
    b"feed": "Atom",
    b"rdf": "RSS 1.0 (RDF)",
    b"urlset": "sitemap",
    b"sitemapindex": "sitemap index",
    b"html": "HTML page",
}
_FEED_TYPES = {
    "application/rss+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/rdf+xml": "RSS 1.0 (RDF)",
    "application/feed+json": "JSON Feed",
    "application/json": "JSON Feed",
}
_MOST_LINKS = 20


@dataclass(frozen=True)
class FeedLink:
    """A feed that a page names in `<link rel="alternate">`."""

    url: str
    what: str
    title: str


def document_kind(body: bytes) -> str:
    """What a document looks like from its first bytes; `something else` where nothing is known."""
    head = body[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{"):
        return "JSON Feed" if b"jsonfeed.org" in head or b'"items"' in body else "JSON"
    if head[:15].lower().startswith(b"<!doctype html"):
        return "HTML page"
    root = _ROOT.search(head)
    return _NAMES[root[1].lower()] if root else "something else"


def feed_links(body: bytes, content_type: str, url: str) -> list[FeedLink]:
    """The feeds that a page names, in its order; empty for what is no HTML. Runs in the cage."""
    tree = load_html(decode_text(body, content_type))
    found: dict[str, FeedLink] = {}
    for link in [] if tree is None else tree.iterfind(".//link[@href]"):
        what = _FEED_TYPES.get((link.get("type") or "").partition(";")[0].strip().lower())
        if what is None or "alternate" not in (link.get("rel") or "").lower().split():
            continue
        try:
            address = str(urls.parse(link.get("href").strip(), url).href)
        except urls.UrlRefusedError:
            continue
        found.setdefault(address, FeedLink(address, what, (link.get("title") or "").strip()))
    return list(found.values())[:_MOST_LINKS]
