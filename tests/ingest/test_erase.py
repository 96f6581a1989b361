"""Pages taken out of archives: everything else keeps its place, and the archive stays whole."""

import gzip
import json
import shutil
from datetime import datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archive import ArchiveFiles, ArchiveReader, writing
from ingest.erase import erase, without_items, without_words
from ingest.exchange import Request, Response

AT = datetime(2026, 10, 16, 4, 30)
OURS, OTHER = "https://a.example/secret", "https://a.example/other"
FEED = f"""<?xml version="1.0"?><rss xmlns:media="urn:m"><channel><title>All news</title>
<item><title>Zanzibar</title><link>{OURS}?utm_source=rss</link><guid>1</guid>
<description>A <![CDATA[<p>zanzibar</p>]]></description><media:thumbnail title="zanzibar" url="x"/>
<pubDate>Fri, 16 Oct 2026 04:00:00 GMT</pubDate></item>
<item><title>Other</title><link>{OTHER}</link><description>Kept.</description></item>
</channel></rss>""".encode()
SITEMAP = f"""<urlset><url><loc>{OURS}</loc><news:news><news:publication><news:name>Z</news:name>
</news:publication><news:publication_date>2026-10-16</news:publication_date>
<news:title>Zanzibar</news:title></news:news></url></urlset>""".encode()
JSON_FEED = json.dumps(
    {"items": [{"id": "1", "url": OURS, "title": "Zanzibar"}, {"id": "2", "url": OTHER,
     "title": "Other"}]}
).encode()  # fmt: skip


def _response(url: str, body: bytes, coding: str = "") -> Response:
    headers = (("Content-Type", "text/html"), *([("Content-Encoding", coding)] if coding else []))
    return Response(url, AT, 200, headers, body)


@pytest.fixture
def files(tmp_path: Path) -> ArchiveFiles:
    """An archive of two pages, one come to by a redirect, and of feeds in every coding."""
    files = ArchiveFiles(tmp_path, "a")
    with writing(files, "Test/1.0") as writer:
        for start, url in ((OURS, OURS), (f"{OURS}-old", OURS), (OTHER, OTHER)):
            request = Request("page", start, url, 1000)
            writer.response(request, _response(url, f"<p>Zanzibar of {url}</p>".encode() * 20))
        for name, coding, body in (
            ("plain", "", FEED),
            ("gzip", "gzip", gzip.compress(FEED)),
            ("br", "br", brotli.compress(FEED, quality=11)),
            ("map", "", SITEMAP),
            ("json", "", JSON_FEED),
        ):
            request = Request("feed", name, f"https://a.example/{name}", 1000)
            writer.response(request, _response(request.url, body, coding))
        writer.note({"looks": []})
    return files


def test_a_page_is_emptied_where_it_stands(files: ArchiveFiles) -> None:
    path = files.warc(0)
    size, before = path.stat().st_size, ArchiveReader(files)._places
    assert erase(path, {OURS})
    assert path.stat().st_size == size
    reader = ArchiveReader(files)
    assert reader._places == before
    for start in (OURS, f"{OURS}-old"):
        answer = reader.answer(Request("page", start, OURS, 1000))
        assert isinstance(answer, Response)
        assert (answer.status, answer.body) == (451, b"")
    other = reader.answer(Request("page", OTHER, OTHER, 1000))
    assert isinstance(other, Response)
    assert other.body.startswith(b"<p>Zanzibar of https://a.example/other")
    assert not erase(path, {OURS})


@pytest.mark.parametrize("name", ["plain", "gzip", "br", "map", "json"])
def test_a_feed_keeps_its_items_without_their_words(files: ArchiveFiles, name: str) -> None:
    erase(files.warc(0), {OURS})
    answer = ArchiveReader(files).answer(Request("feed", name, f"https://a.example/{name}", 1000))
    assert isinstance(answer, Response)
    told = answer.decoded(100_000)
    assert b"anzibar" not in told
    assert OURS.encode() in told
    if name != "map":
        assert b"Other" in told


def test_a_file_that_holds_nothing_is_left_alone(files: ArchiveFiles, tmp_path: Path) -> None:
    before = files.warc(0).read_bytes()
    inode = files.warc(0).stat().st_ino
    assert not erase(files.warc(0), {"https://elsewhere.example/"})
    assert (files.warc(0).read_bytes(), files.warc(0).stat().st_ino) == (before, inode)


def test_a_feed_that_lists_it_again_is_archived_without_it() -> None:
    response = _response("https://a.example/feed", gzip.compress(FEED), "gzip")
    kept = without_items(response, {OURS})
    assert kept.decoded(100_000) == without_words(FEED, {OURS})
    assert b"anzibar" not in kept.body
    assert b"04:00:00" in kept.body
    assert without_items(response, {"https://elsewhere.example/"}) is response


@given(st.text(max_size=200), st.text(max_size=200))
def test_what_is_not_ours_stays_to_the_byte(before: str, after: str) -> None:
    """Whatever stands around items, and in those of others."""
    body = f"{before}<item><link>{OTHER}</link>{after}</item>".encode("utf-8", "replace")
    assert without_words(body, {OURS}) == body


def test_an_archive_that_is_cut_short_is_told(files: ArchiveFiles, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(files.folder, copy, ignore=shutil.ignore_patterns("copy"))
    path = copy / files.warc(0).name
    path.write_bytes(path.read_bytes()[:-100])
    erase(path, {OURS})
    assert path.stat().st_size == files.warc(0).stat().st_size - 100
