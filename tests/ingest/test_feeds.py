"""Feeds and sitemaps of every kind, whole and broken."""

import json
import pickle
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

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


def test_a_sitemap_with_an_undeclared_prefix_is_read() -> None:
    body = b"""<urlset><url><loc>/a</loc><news:news><news:title>T</news:title></news:news>
      <x:y>z</x:y></url></urlset>"""
    (item,) = parse_sitemap(body, HERE, "UTC").items
    assert (item.url, item.title) == ("https://a.test/a", "T")


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


@pytest.mark.parametrize("most", [1, 3, 4])
def test_no_more_items_are_taken_than_asked_for(most: int) -> None:
    entry = "<entry><title>T{0}</title><link href='https://a.test/{0}'/></entry>"
    item = "<item><title>T{0}</title><link>https://a.test/{0}</link></item>"
    rdf = "<item r:about='https://a.test/{0}'><title>T{0}</title></item>"
    page = "<url><loc>https://a.test/{0}</loc></url>"
    four = range(4)
    rows = [form.format(n) for form in (item, entry, rdf, page) for n in four]
    items, entries, rdf_items, pages = ("".join(rows[n : n + 4]) for n in range(0, 16, 4))
    atom, rdf = "http://www.w3.org/2005/Atom", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    feeds = [
        f"<rss version='2.0'><channel>{items}</channel></rss>",
        f"<feed xmlns='{atom}'>{entries}</feed>",
        f"<r:RDF xmlns='http://purl.org/rss/1.0/' xmlns:r='{rdf}'><channel/>{rdf_items}</r:RDF>",
        json.dumps({"items": [{"id": f"https://a.test/{n}", "title": f"T{n}"} for n in four]}),
    ]
    listings = [parse_feed(text.encode(), HERE, "", "UTC", most) for text in feeds]
    sitemap = f"<urlset>{pages}</urlset>".encode()
    listings.append(parse_sitemap(sitemap, HERE, "UTC", most))
    for listing in listings:
        assert [item.url for item in listing.items] == [f"https://a.test/{n}" for n in range(most)]
        assert listing.is_cut == (most < 4)
    index = b"<sitemapindex>" + b"<sitemap><loc>/a.xml</loc></sitemap>" * 4 + b"</sitemapindex>"
    cut = parse_sitemap(index, HERE, "UTC", most)
    assert (len(cut.sitemaps), cut.is_cut) == (most, most < 4)


def test_a_huge_feed_costs_no_more_than_its_first_items() -> None:
    item = "<item><title>T</title><link>https://a.test/{}</link></item>"
    body = "<rss version='2.0'><channel>" + "".join(item.format(n) for n in range(100_000))
    started = time.process_time()
    listing = parse_feed(body.encode(), HERE, "", "UTC", 100)
    assert (len(listing.items), listing.is_cut) == (100, True)
    assert time.process_time() - started < 3


def test_the_publishers_own_words_for_the_kind_of_text() -> None:
    words = "".join(f"<category>Word {number} {'x' * 100}</category>" for number in range(20))
    item_text = f"<item><category> Opinion </category>{words}</item>"
    rss = f"<rss version='2.0'><channel>{item_text}</channel></rss>"
    (item,) = parse_feed(rss.encode(), HERE, "", "UTC").items
    assert item.categories[0] == "Opinion"
    assert len(item.categories) == 10
    assert max(map(len, item.categories)) == 80
    sitemap = b"""<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url>
      <image><title>A picture</title><loc>/picture.png</loc></image><loc>/a</loc><n:news>
      <n:title>T</n:title><n:genres>PressRelease, Blog</n:genres><n:keywords>AI</n:keywords>
      </n:news></url></urlset>"""
    (item,) = parse_sitemap(sitemap, HERE, "UTC").items
    assert (item.url, item.title) == ("https://a.test/a", "T")
    assert item.categories == ["PressRelease", "Blog", "AI"]
    feed_json = b'{"items": [{"id": "/a", "tags": ["Review", 7, "Review"], "authors": 3}]}'
    (item,) = parse_feed(feed_json, HERE, "", "UTC").items
    assert (item.categories, item.authors) == (["Review"], [])


def test_the_only_date_of_an_rss_item_is_its_publication() -> None:
    body = b"""<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item>
      <link>/a</link><dc:date>2026-10-15T10:00:00Z</dc:date></item></channel></rss>"""
    (item,) = parse_feed(body, HERE, "", "UTC").items
    assert item.published == Moment(datetime(2026, 10, 15, 10), "second")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<?xml version='1.0' encoding='utf-8'?>{}", "text/xml; charset=ISO-8859-1"),
        (b"<?xml version='1.0' encoding='iso-8859-1'?>{}", "application/rss+xml"),
        (b"{}", "text/xml"),
        (b"\n \n<?xml version='1.0'?>{}", "application/xml"),
        ("\ufeff<?xml version='1.0'?>{}".encode(), "application/xml; charset=us-ascii"),
    ],
)
def test_a_feed_with_a_lying_charset_is_read(body: bytes, content_type: str) -> None:
    item = "<rss version='2.0'><channel><item><title>Größe\x0b über</title></item></channel></rss>"
    (found,) = parse_feed(body.replace(b"{}", item.encode()), HERE, content_type, "UTC").items
    assert found.title == "Größe über"
    utf16 = f"<?xml version='1.0' encoding='utf-16'?>{item}".encode("utf-16")
    assert parse_feed(utf16, HERE, content_type, "UTC").items == [found]


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server on loopback, and the paths that were asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!ENTITY loaded 'SECRET'>")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


EXTERNAL = (
    '<!DOCTYPE r SYSTEM "{0}/dtd">',
    '<!DOCTYPE r PUBLIC "-//x" "{0}/dtd" [<!ENTITY e SYSTEM "{0}/entity">]>',
    '<!DOCTYPE r [<!ENTITY e SYSTEM "{0}/entity">]>',
    '<!DOCTYPE r [<!ENTITY e SYSTEM "{1}">]>',
    '<!DOCTYPE r [<!ENTITY % p SYSTEM "{0}/parameter"> %p; <!ENTITY e "&loaded;">]>',
    '<!DOCTYPE r [<!ENTITY % p SYSTEM "{1}"> %p;]>',
    '<?xml-stylesheet href="{0}/style"?>',
    "",
)
RSS = "<rss version='2.0'><channel><item><link>https://a.test/x</link>{}</item></channel></rss>"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><entry>{}</entry></feed>"
XINCLUDE = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' parse='text' href='{0}'/>"
DOCUMENTS = (
    RSS.replace("{}", "<title>t&e;&loaded;</title>"),
    ATOM.replace("{}", "<link href='https://a.test/&e;'/><title>t&e;</title>"),
    "<urlset><url><loc>https://a.test/x&e;&loaded;</loc></url><url><loc>/y</loc></url></urlset>",
    RSS.replace("{}", f"<title>{XINCLUDE}{XINCLUDE.replace('{0}', '{1}')}</title>"),
)


@pytest.mark.parametrize("head", EXTERNAL)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_nothing_outside_the_document_is_read(
    head: str, document: str, listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, asked = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    text = (head + document).replace("{0}", address).replace("{1}", secret.as_uri())
    for declaration in ("", "<?xml version='1.0' standalone='no'?>"):
        for parse in (
            lambda body: parse_feed(body, f"{address}/feed", "text/xml", "UTC"),
            lambda body: parse_sitemap(body, f"{address}/sitemap", "UTC"),
        ):
            with suppress(NotAFeedError):
                listing = parse((declaration + text).encode())
                assert "SECRET" not in repr(listing)
                for item in listing.items:
                    assert item.url in {"", "https://a.test/x", f"{address}/y"} or "&" in item.url
    assert asked == []
    assert urlopen(f"{address}/awake").status == 200
    assert asked == ["/awake"]


def nested_entities() -> str:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE r [<!ENTITY a0 "lol">{levels}]>'


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(nested_entities(), id="a billion laughs"),
        pytest.param(f'<!DOCTYPE r [<!ENTITY a11 "{"x" * 100_000}">]>', id="one long entity"),
        pytest.param('<!DOCTYPE r [<!ENTITY a11 "&a11;">]>', id="an entity of itself"),
        pytest.param("<!-- <a> -->" + nested_entities(), id="behind a comment"),
        pytest.param(nested_entities().replace("[", "[<!-- <a> -->"), id="with a comment"),
    ],
)
@pytest.mark.parametrize("document", DOCUMENTS[:3])
def test_an_entity_bomb_does_not_go_off(head: str, document: str) -> None:
    body = (head + document.replace("&e;", "&a11;" * 500)).encode()
    tracemalloc.start()
    for parse in (
        lambda: parse_feed(body, HERE, "text/xml", "UTC"),
        lambda: parse_sitemap(body, HERE, "UTC"),
    ):
        with suppress(NotAFeedError):
            for item in parse().items:
                assert len(item.title) <= 500
                assert "lollol" not in item.url + item.title
                assert "xxxx" not in item.url + item.title
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<rss version='2.0'><channel><item>" + "<a>" * 10_000, id="nested elements"),
        pytest.param("<rss version='2.0'><channel>" + "<item>" * 2_000, id="nested items"),
        pytest.param(
            "<rss version='2.0'><channel><item "
            + " ".join(f"a{n}='1'" for n in range(200_000))
            + "/></channel></rss>",
            id="attributes",
        ),
        pytest.param("<rss version='2.0'><channel><item><title>" + "<!--" * 5_000, id="comments"),
        pytest.param("<rss version='2.0'><channel><item><title>" + "&lt;!--" * 5_000, id="titles"),
        pytest.param('{"items": ' + "[" * 200_000, id="nested JSON"),
        pytest.param('{"items": [{"id": ' + "9" * 200_000 + "}]}", id="a long number"),
        pytest.param("<urlset>" + "<url>" * 10_000, id="nested pages"),
        pytest.param("<urlset>" + "<url><loc>" * 5_000, id="nested places"),
        pytest.param("<!-- c --><url><loc>/a</loc></url>", id="a page as root"),
        pytest.param("<urlset><url " + " ".join(f"a{n}='1'" for n in range(200_000)), id="many"),
    ],
)
def test_a_monster_is_refused_or_listed_in_time(body: str) -> None:
    started = time.process_time()
    for parse in (
        lambda: parse_feed(body.encode(), HERE, "", "UTC"),
        lambda: parse_sitemap(body.encode(), HERE, "UTC"),
    ):
        with suppress(NotAFeedError):
            parse()
    assert time.process_time() - started < 10


def test_fifty_thousand_items_cross_a_process_boundary_lean() -> None:
    pages = "".join(f"<url><loc>https://a.test/{n}</loc></url>" for n in range(50_000))
    listing = parse_sitemap(f"<urlset>{pages}</urlset>".encode(), HERE, "UTC")
    assert len(pickle.dumps(listing)) < 50_000 * 100
    assert not hasattr(listing.items[0], "__dict__")


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
    refused = []
    for path in files:
        body = path.read_bytes()
        try:
            parse_feed(body, HERE, "", "UTC")
        except NotAFeedError:
            refused.append(path.name)
        with suppress(NotAFeedError):
            parse_sitemap(body, HERE, "UTC")
    assert len(refused) < 0.01 * len(files), refused
