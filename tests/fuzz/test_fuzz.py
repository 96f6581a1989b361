"""No crash and no hang in what reads hostile input, over documents of real shape made hostile.

The time is BROADSHEET_FUZZ_SECONDS over all targets (default 30), the starting point
BROADSHEET_FUZZ_SEED (default 1, so that a failure comes back).
"""

import gzip
import itertools
import json
import os
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from core.identity import clean_text
from ingest import urls
from ingest.charset import decode_text
from ingest.encoding import EncodingError, TooLargeError, decode
from ingest.exchange import Response
from ingest.feeds import Listing, NotAFeedError, parse_feed, parse_sitemap
from ingest.foreign_warc import warc_pages, why_no_warc
from ingest.robots import parse_robots
from tests.fuzz import mutations

SECONDS = float(os.environ.get("BROADSHEET_FUZZ_SECONDS", "30"))
SEED = os.environ.get("BROADSHEET_FUZZ_SEED", "1")
TARGETS = 8
HANG_SECONDS = 3.0  # of processor time for at most 300 KB
ROUND = 100
LIMIT = 50_000

pytestmark = pytest.mark.timeout(SECONDS + 120)
MARKUP = mutations.mutated(mutations.markup())
LABELS = st.sampled_from(
    ["", "text/xml", "text/html; charset=utf-16", "x; charset=hz", "x; charset=iso-2022-kr",
     "x; charset=big5", "x; charset=hex", "x; charset=\u0661", "application/json; charset=utf-8"]
)  # fmt: skip


def fuzz(target: Callable[..., None], *inputs: st.SearchStrategy[Any]) -> None:
    """Give the target one input after the other until its share of the time is over."""
    end, tried, slowest = time.monotonic() + SECONDS / TARGETS, 0, 0.0

    has_failed = False

    def timed(values: tuple[Any, ...]) -> None:
        nonlocal tried, slowest, has_failed
        if time.monotonic() > end and not has_failed:  # a failure is still made smaller
            return
        started = time.process_time()
        has_failed, failed_before = True, has_failed
        target(*values)
        spent = time.process_time() - started
        assert spent < HANG_SECONDS, f"{spent:.1f} s of processor time"
        has_failed, tried, slowest = failed_before, tried + 1, max(slowest, spent)

    for number in itertools.count():
        quiet = settings(
            max_examples=ROUND,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        seed(f"{SEED}:{number}")(quiet(given(st.tuples(*inputs))(timed)))()
        if time.monotonic() > end:
            break
    print(f"\n{target.__name__}: {tried:,} documents, the slowest took {slowest:.2f} s")
    assert tried


def check(listing: Listing, most: int) -> None:
    """What every listing keeps to, whatever the document was."""
    assert len(listing.items) + len(listing.sitemaps) <= most
    for item in listing.items:
        assert len(item.title) <= 500
        assert clean_text(item.title) == item.title
        assert len(item.categories) <= 10
        for text in (item.url, item.title, *item.authors, *item.categories):
            text.encode()
        with suppress(urls.UrlRefusedError):
            urls.canonical_url(item.url)
    json.dumps([item.url for item in listing.items])


def feed(body: bytes, label: str, most: int) -> None:
    with suppress(NotAFeedError):
        check(parse_feed(body, "https://a.test/feed", label, "Europe/Berlin", most), most)


def json_feed(items: list[object], edits: list[mutations.Edit]) -> None:
    body = json.dumps({"version": "1.1", "home_page_url": "/", "items": items}).encode()
    for edit in edits:
        body = edit.apply(body)
    with suppress(NotAFeedError):
        check(parse_feed(body, "", "application/json", "UTC", 3), 3)


def sitemap(body: bytes, most: int) -> None:
    with suppress(NotAFeedError):
        check(parse_sitemap(body, "https://a.test/sitemap.xml", "UTC", most), most)


def robots(body: bytes, path: bytes) -> None:
    rules = parse_robots(body)
    url = f"https://a.test/{path.decode('latin-1')}"
    for agent in ("Broadsheet", "GPTBot", ""):
        rules.why_not(url, agent)
        assert rules.crawl_delay(agent) >= 0
    rules.refuses_ai(url)


def charset(body: bytes, label: str) -> None:
    text = decode_text(body, label)
    assert not text.startswith("\ufeff") or body.count(b"\xfe") + body.count(b"\xef") > 1
    cleaned = clean_text(text)
    cleaned.encode()
    assert clean_text(cleaned) == cleaned


def url(raw: bytes, base: bytes) -> None:
    text, start = raw.decode("utf-8", "surrogateescape"), base.decode("utf-8", "replace")
    for given_base in (None, start):
        canonical = ""
        with suppress(urls.UrlRefusedError):
            canonical = urls.canonical_url(text, given_base)
        if not canonical:
            assert "//u:p@" not in urls.without_credentials(text)
            continue
        assert urls.canonical_url(canonical) == canonical
        assert canonical.isascii()
        assert "@" not in canonical.partition("://")[2].partition("/")[0]
        assert "#" not in canonical
        urls.host(canonical)
        urls.origin(canonical)
        assert urls.same_site(canonical, canonical)
        assert urls.canonical_url(urls.without_fragment(canonical)) == canonical


PACKS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=1),
    "identity": bytes,
}


def content_encoding(
    data: bytes, codings: list[str], header: str, edits: list[mutations.Edit]
) -> None:
    body = data
    for name in codings:
        body = PACKS[name](body)
    for edit in edits:
        body = edit.apply(body)
    with suppress(EncodingError, TooLargeError):
        assert len(decode(body, header or ", ".join(codings), LIMIT)) <= LIMIT
    if not edits and len(data) <= LIMIT and len(codings) <= 3:
        with suppress(TooLargeError):  # what is between two codings may exceed the limit
            assert decode(body, ",".join(codings), LIMIT) == data


def foreign_warc(file: Path) -> Callable[[bytes], None]:
    def warc(body: bytes) -> None:
        file.write_bytes(body)
        if why_no_warc(file) is None:
            for page in warc_pages(file, datetime(2026, 10, 16), 2_000):
                assert not isinstance(page, Response) or len(page.body) <= 2_000

    return warc


MOST = st.sampled_from([1, 2, 50_000])


def test_feeds() -> None:
    fuzz(feed, MARKUP, LABELS, MOST)


def test_json_feeds() -> None:
    items = st.lists(mutations.JSON_ITEMS | mutations.JSON_VALUES, max_size=5)
    fuzz(json_feed, items, st.lists(mutations.EDITS, max_size=2))


def test_sitemaps() -> None:
    fuzz(sitemap, MARKUP, MOST)


def test_robots() -> None:
    fuzz(robots, mutations.mutated(mutations.ROBOTS), mutations.mutated(mutations.URLS, 2))


def test_charsets() -> None:
    pages = st.sampled_from(
        [
            "<html><meta charset='{}'><p>Größe, über: {}",
            "<?xml version='1.0' encoding='{}'?>{}",
            "{}{}",
        ]
    )
    names = st.sampled_from(
        ["utf-8", "utf-16", "hz", "iso-2022-jp", "cp1251", "big5", "gbk", "utf-32"]
    )
    texts = st.sampled_from(
        ["人工知能" * 50, "Größe " * 50, "Правительство " * 50, "plain " * 50, ""]
    )
    documents = st.builds(
        lambda page, label, codec, text: page.format(label, text).encode(codec, "replace"),
        pages, names, names, texts,
    )  # fmt: skip
    fuzz(charset, mutations.mutated(documents), LABELS)


def test_urls() -> None:
    fuzz(url, mutations.mutated(mutations.URLS, 3), mutations.URLS)


def test_content_encodings() -> None:
    names = st.sampled_from(sorted(PACKS))
    headers = st.sampled_from(
        ["", "", "gzip", "br", "deflate", "gzip, br", "zstd", ",,", "GZIP ,x"]
    )
    data = st.binary(max_size=200) | st.sampled_from([bytes(200_000), b"word " * 20_000])
    edits = st.lists(mutations.EDITS, max_size=3)
    fuzz(content_encoding, data, st.lists(names, max_size=4), headers, edits)


def test_foreign_warcs(tmp_path: Path) -> None:
    fuzz(foreign_warc(tmp_path / "w.warc"), mutations.mutated(mutations.WARCS))
