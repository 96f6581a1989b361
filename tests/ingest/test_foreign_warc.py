"""Foreign WARC files: whole, broken in every way, larger than memory."""

import gzip
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from ingest.exchange import Failure, Response
from ingest.foreign_warc import warc_pages, why_no_warc

AT = datetime(2026, 10, 16, 5)
LIMIT = 100_000
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
LONGER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n"
BODY = b"<html>" + b"a word or two. " * 40


def record(
    number: int,
    body: bytes = BODY,
    http: bytes = HTTP,
    length: int | None = None,
    extra: bytes = b"",
    kind: bytes = b"response",
) -> bytes:
    block = http + body
    media_type = b"application/http; msgtype=response" if http else b"text/html"
    return b"".join(
        [
            b"WARC/1.0\r\nWARC-Type: %b\r\n" % kind,
            b"WARC-Target-URI: https://a.test/%d\r\n" % number,
            b"WARC-Date: 2026-10-15T12:00:00Z\r\n",
            b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-%012d>\r\n" % number,
            extra,
            b"Content-Type: %b\r\n" % media_type,
            b"Content-Length: %d\r\n\r\n" % (len(block) if length is None else length),
            block,
            b"\r\n\r\n",
        ]
    )


def noise(size: int) -> bytes:
    """A page that does not compress well."""
    return b"<html>" + os.urandom(size).hex().encode()


def damaged(member: bytes) -> bytes:
    return member[:-200] + bytes(40) + member[-160:]


def listed(path: Path, limit: int = LIMIT) -> dict[str, str]:
    """URL (without the host) or place → disposition, or 'page'."""
    found = {}
    for one in warc_pages(path, AT, limit):
        name = one.url.removeprefix("https://a.test").replace(f"record:{path.name}", "")
        assert name not in found, name
        found[name] = one.status if isinstance(one, Failure) else "page"
    return found


def written(folder: Path, *members: bytes, pack: Callable[[bytes], bytes] = bytes) -> Path:
    path = folder / "w.warc"
    path.write_bytes(b"".join(pack(member) for member in members))
    return path


PACKS = [pytest.param(bytes, id="plain"), pytest.param(gzip.compress, id="gzip")]


@pytest.mark.parametrize("pack", PACKS)
def test_pages_come_in_order_with_date_headers_and_body(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    image = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n"
    bare = b"HTTP/1.1 404 Not Found\r\nServer: x\r\n\r\n"
    path = written(
        tmp_path,
        record(0),
        record(1, http=image),
        record(2, b"<!DOCTYPE html><html>gone", http=bare),
        record(3, http=b"", kind=b"resource"),
        record(4, kind=b"request"),
        pack=pack,
    )
    pages = list(warc_pages(path, AT, LIMIT))
    assert [one.url[-1] for one in pages] == ["0", "2", "3"]
    first = pages[0]
    assert isinstance(first, Response)
    assert (first.at, first.status, first.body) == (datetime(2026, 10, 15, 12), 200, BODY)
    assert first.header("Content-Type") == "text/html"
    assert [one.status for one in pages if isinstance(one, Response)] == [200, 404, 200]


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize(
    ("broken", "ends"),
    [
        pytest.param(record(1, length=700), {"#": "extract_failed"}, id="swallows the next"),
        pytest.param(record(1, length=200), {"#": "extract_failed"}, id="leaves a rest"),
        pytest.param(record(1, length=-1), {"#": "extract_failed"}, id="negative length"),
        pytest.param(record(1, length=10**15), {"#": "extract_failed"}, id="endless"),
        pytest.param(record(1, http=b"\0\r\n\r\n"), {"#": "extract_failed"}, id="no status line"),
        pytest.param(
            record(1, extra=b"X: " + b"y" * 100_000 + b"\r\n"),
            {"#": "extract_failed"},
            id="huge header",
        ),
        pytest.param(b"no record at all\r\n\r\n", {"#": "extract_failed"}, id="garbage"),
        pytest.param(record(1, http=LONGER), {"/1": "fetch_failed"}, id="cut HTTP body"),
        pytest.param(record(1, b"40\r\ncut", http=CHUNKED), {"/1": "fetch_failed"}, id="cut chunk"),
        pytest.param(
            record(1, b"3\r\nabc\r\n", http=CHUNKED), {"/1": "fetch_failed"}, id="no last chunk"
        ),
        pytest.param(record(1, b"x" * 150_000), {"/1": "too_large"}, id="too large"),
        pytest.param(
            record(1, extra=b"WARC-Truncated: length\r\n"), {"/1": "too_large"}, id="cut by size"
        ),
        pytest.param(
            record(1, extra=b"WARC-Truncated: time\r\n"), {"/1": "fetch_failed"}, id="cut by time"
        ),
        pytest.param(
            record(1, extra=b"WARC-Truncated: unspecified\r\n"), {"/1": "fetch_failed"}, id="cut"
        ),
        pytest.param(
            record(1).replace(b"https://a.test", b"https://u:secret@a.test"),
            {"#": "blocked_address"},
            id="credentials",
        ),
        pytest.param(record(1, kind=b"revisit"), {"/1": "unchanged"}, id="revisit"),
    ],
)
def test_what_is_no_whole_page_is_one_failure_and_its_neighbours_are_pages(
    tmp_path: Path, pack: Callable[[bytes], bytes], broken: bytes, ends: dict[str, str]
) -> None:
    path = written(tmp_path, record(0), broken, record(2), record(3), pack=pack)
    found = listed(path)
    assert [found.pop(f"/{number}", None) for number in (0, 2, 3)] == ["page"] * 3
    assert {name if name[0] == "/" else "#": status for name, status in found.items()} == ends
    assert "secret" not in str(list(warc_pages(path, AT, LIMIT)))


def test_a_place_that_is_broken_is_named_by_its_offset(tmp_path: Path) -> None:
    members = [gzip.compress(record(number, noise(2_000))) for number in range(4)]
    offset = len(members[0])
    members[1] = damaged(members[1])
    path = written(tmp_path, *members)
    assert listed(path) == {
        "/0": "page", f"#{offset}": "extract_failed", "/2": "page", "/3": "page",
    }  # fmt: skip


def test_two_broken_members_in_a_row_are_two_failures(tmp_path: Path) -> None:
    members = [gzip.compress(record(number, noise(2_000))) for number in range(5)]
    for number in (1, 2):
        members[number] = damaged(members[number])
    found = listed(written(tmp_path, *members))
    assert sorted(found.values()) == ["extract_failed"] * 2 + ["page"] * 3


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("cut", [3, 60, 150, 200])
def test_a_file_cut_at_its_end_gives_its_whole_pages(
    tmp_path: Path, pack: Callable[[bytes], bytes], cut: int
) -> None:
    path = written(tmp_path, record(0), record(1), pack=pack)
    path.write_bytes(path.read_bytes()[:-cut])
    bodies = {
        one.url[-1]: one.body for one in warc_pages(path, AT, LIMIT) if isinstance(one, Response)
    }
    assert bodies.pop("0") == BODY
    assert bodies in ({}, {"1": BODY})
    if not bodies:
        assert "extract_failed" in listed(path).values()


def test_one_gzip_member_over_all_records_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, b"".join(record(number) for number in range(4)), pack=gzip.compress)
    assert listed(path) == {f"/{number}": "page" for number in range(4)}


def test_chunks_are_joined_and_a_body_without_chunks_is_taken_as_it_is(tmp_path: Path) -> None:
    chunks = b"3\r\n<ht\r\n8;x=y\r\nml>abcde\r\n0\r\n\r\n"
    path = written(tmp_path, record(0, chunks, CHUNKED), record(1, BODY, CHUNKED))
    assert [one.body for one in warc_pages(path, AT, LIMIT)] == [b"<html>abcde", BODY]  # type: ignore[union-attr]


def test_a_false_gzip_coding_is_dropped_and_a_missing_date_is_the_cutoff(tmp_path: Path) -> None:
    http = HTTP[:-2] + b"Content-Encoding: gzip\r\n\r\n"
    undated = record(1).replace(b"2026-10-15T12:00:00Z", b"yesterday")
    false, second = warc_pages(written(tmp_path, record(0, http=http), undated), AT, LIMIT)
    assert isinstance(false, Response)
    assert false.decoded(LIMIT) == BODY
    assert second.at == AT


def test_a_file_of_nothing_but_broken_records_is_given_up(tmp_path: Path) -> None:
    path = written(tmp_path, record(0), b"WARC/1.0\r\nbroken\r\n\r\n" * 5_000)
    found = list(warc_pages(path, AT, LIMIT))
    assert len(found) < 1_100
    assert "the rest is not read" in found[-1].reason  # type: ignore[union-attr]


def big_file(folder: Path) -> Path:
    """60 MB: 300 pages of noise around one record of 40 MB."""
    path = folder / "big.warc"
    with path.open("wb") as file:
        for number in range(300):
            file.write(record(number, noise(35_000)))
            if number == 150:
                file.write(record(1_000, b"<html>" + bytes(40_000_000)))
    return path


@pytest.mark.parametrize("is_gzip", [False, True])
def test_a_large_file_is_streamed(tmp_path: Path, is_gzip: bool) -> None:
    path = big_file(tmp_path)
    if is_gzip:
        with gzip.open(tmp_path / "big.warc.gz", "wb", compresslevel=1) as file:
            file.write(path.read_bytes())
        path = tmp_path / "big.warc.gz"
    tracemalloc.start()
    pages = failures = 0
    for one in warc_pages(path, AT, LIMIT):
        pages += isinstance(one, Response)
        failures += isinstance(one, Failure)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (pages, failures) == (300, 1)
    assert peak < 4_000_000
    assert peak_rss_growth(path) < 30_000_000


def peak_rss_growth(path: Path) -> int:
    """Bytes by which reading the file raises a fresh process's peak, C code included."""
    script = (
        "import resource, sys; from datetime import datetime; from pathlib import Path\n"
        "from ingest.foreign_warc import warc_pages\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\n"
        f"n = sum(1 for _ in warc_pages(Path({str(path)!r}), datetime(2026, 1, 1), {LIMIT}))\n"
        "assert n == 301\n"
        "print((peak() - before) * 1024)"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return int(out.stdout)


def test_every_file_of_the_corpus_is_read_or_refused(corpus: Path) -> None:
    refused = {}
    found: dict[str, list[str]] = {}
    for path in sorted((corpus / "warc").iterdir()):
        if why := why_no_warc(path):
            refused[path.name] = why
            continue
        found[path.name] = [
            one.status if isinstance(one, Failure) else f"{one.status} {len(one.body)}"
            for one in warc_pages(path, AT, 5_000_000)
        ]
    arc = "an ARC file, which is not read; convert it to WARC first"
    arcs = ("bad.arc", "example.arc", "example.arc.gz", "example-space-in-url.arc")
    assert refused == dict.fromkeys(arcs, arc)
    example = ["200 606", "unchanged"]
    assert found == {
        "example-bad-non-chunked.warc.gz": example,
        "example-bad.warc.gz.bad": ["200 1270", "unchanged", "302 201"],
        "example-digest.warc": [],
        "example-iana.org-chunked.warc": ["200 7223"],
        "example-resource.warc.gz": ["200 1303"],
        "example-space-in-target-uri.warc.gz": [],
        "example-trunc.warc": ["extract_failed"],
        "example-wget-bad-target-uri.warc.gz": ["200 1270"],
        "example-wrong-chunks.warc.gz": ["fetch_failed"],  # a byte less than its Content-Length
        "example.warc": example,
        "example.warc.gz": example,
        "post-test.warc.gz": [],
        "whirlwind.warc": ["200 72848"],
        "whirlwind.warc.gz": ["200 72848"],
        "whirlwind.warc.wat": [],
        "whirlwind.warc.wat.gz": [],
        "whirlwind.warc.wet": [],
        "whirlwind.warc.wet.gz": [],
    }
