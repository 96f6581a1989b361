"""Feeds and sitemaps of every kind, whole and broken."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import Moment
from ingest.feeds import NotAFeedError, parse_feed, parse_sitemap
from tests.ingest.site import feed, page

HERE = "https://a.test/feed"


def test_rss() -> None:
    listing = parse_feed(
        feed(("/one?utm_source=x", "One &amp; <b>two</b>")).encode(), HERE, "", "UTC"
    )
    (item,) = listing.items
    assert item.url == "https://a.test/one?utm_source=x"
    assert item.title == "One & two"
    assert item.published == Moment(datetime(2026, 10, 15, 9, 30), "second")


def test_atom_takes_the_alternate_link_and_both_dates() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><title>T</title>
      <link rel="self" href="/self"/><link rel="alternate" href="/page"/><id>urn:1</id>
      <published>2026-10-14</published><updated>2026-10-15T10:00:00Z</updated>
      <author><name>Ada L.</name></author></entry></feed>"""
    (item,) = parse_feed(body, HERE, "application/atom+xml", "UTC").items
    assert (item.url, item.title, item.authors) == ("https://a.test/page", "T", ["Ada L."])
    assert item.published == Moment(datetime(2026, 10, 14), "day")
    assert item.updated == Moment(datetime(2026, 10, 15, 10), "second")


def test_json_feed() -> None:
    body = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [
      {"id": "1", "url": "/a", "title": "A", "date_published": "2026-10-15T10:00:00Z",
       "authors": [{"name": "B"}]}, {"id": "https://a.test/c", "content_text": "x"}, 7]}"""
    first, second = parse_feed(body, HERE, "application/feed+json", "UTC").items
    assert (first.url, first.title, first.authors) == ("https://a.test/a", "A", ["B"])
    assert second.url == "https://a.test/c"


def test_news_sitemap_and_index() -> None:
    body = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
      xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc> https://a.test/x </loc>
      <lastmod>2026-10-15T11:00:00Z</lastmod><news:news><news:publication><news:name>A</news:name>
      </news:publication><news:publication_date>2026-10-15</news:publication_date>
      <news:title>A title</news:title></news:news></url></urlset>"""
    (item,) = parse_sitemap(body, HERE, "UTC").items
    assert (item.url, item.title) == ("https://a.test/x", "A title")
    assert item.published == Moment(datetime(2026, 10, 15), "day")
    index = b"<sitemapindex><sitemap><loc>/one.xml</loc></sitemap></sitemapindex>"
    assert parse_sitemap(index, HERE, "UTC").sitemaps == ["https://a.test/one.xml"]


@pytest.mark.parametrize(
    "body", [page("A page").encode(), b"", b"  ", b"{", b"[1]", b'{"a": 1}', b"hello"]
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(NotAFeedError):
        parse_feed(body, HERE, "text/html", "UTC")


@pytest.mark.parametrize("body", [page("A page").encode(), b"", b"<a><b/></a>", b"\x00\x01"])
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(NotAFeedError):
        parse_sitemap(body, HERE, "UTC")


def test_no_entity_is_expanded_and_no_file_read() -> None:
    bomb = b"""<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
      <!ENTITY f SYSTEM "file:///etc/hostname">]>
      <urlset><url><loc>https://a.test/&b;&f;</loc></url></urlset>"""
    try:
        found = parse_sitemap(bomb, HERE, "UTC").items
    except NotAFeedError:
        return
    assert all("aaaa" not in item.url and len(item.url) < 40 for item in found)


@given(st.binary(max_size=400))
def test_noise_is_refused_or_listed(noise: bytes) -> None:
    for parse in (
        lambda: parse_feed(noise, HERE, "", "UTC"),
        lambda: parse_sitemap(noise, HERE, "UTC"),
    ):
        with suppress(NotAFeedError):
            parse()


def test_every_feed_of_the_corpus_is_listed_or_refused(corpus: Path) -> None:
    files = [path for path in (corpus / "feeds").rglob("*") if path.is_file()]
    assert len(files) > 2_000
    refused = 0
    for path in files:
        try:
            parse_feed(path.read_bytes(), HERE, "", "UTC")
        except NotAFeedError:
            refused += 1
    assert refused < 0.01 * len(files)
