"""What a document looks like, and the feeds that a page names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.feed_links import FeedLink, document_kind, feed_links


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xef\xbb\xbf<?xml version='1.0'?><rss version='2.0'>", "RSS"),
        (b"<?xml version='1.0'?><!-- a --><feed xmlns='http://www.w3.org/2005/Atom'>", "Atom"),
        (b"<rdf:RDF xmlns='x'>", "RSS 1.0 (RDF)"),
        (b"<urlset>", "sitemap"),
        (b"<sitemapindex xmlns='x'>", "sitemap index"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "JSON Feed"),
        (b'{"error": 1}', "JSON"),
        (b"<!DOCTYPE html><html><feed>", "HTML page"),
        (b"<html><body>", "HTML page"),
        (b"plain", "something else"),
        (b"", "something else"),
    ],
)
def test_document_kind(body: bytes, kind: str) -> None:
    assert document_kind(body) == kind


def test_feeds_that_a_page_names() -> None:
    page = b"""<html><head>
      <link rel="alternate" type="application/rss+xml" title=" News " href="/rss#x">
      <link rel="ALTERNATE home" type="application/atom+xml; charset=utf-8" href="https://b.test/a">
      <link rel="alternate" type="application/rss+xml" href="/rss#x">
      <link rel="alternate" type="text/html" href="/de">
      <link rel="stylesheet" type="application/rss+xml" href="/css">
      <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
      <link rel="alternate" type="application/feed+json" href="feed.json"></head></html>"""
    assert [
        (link.what, link.title) for link in feed_links(page, "text/html", "https://a.test/n/")
    ] == [
        ("RSS", "News"),
        ("Atom", ""),
        ("JSON Feed", ""),
    ]
    last = feed_links(page, "text/html", "https://a.test/n/")[-1]
    assert last == FeedLink("https://a.test/n/feed.json", "JSON Feed", "")


@given(st.binary(max_size=300))
def test_no_document_makes_it_fail(body: bytes) -> None:
    assert document_kind(body)
    assert feed_links(body, "text/html", "https://a.test/") == []
