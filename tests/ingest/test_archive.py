"""The archive gives back what it was given, whole or not at all."""

import gzip
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import HomeError
from ingest.archive import ArchiveFiles, ArchiveReader, adopt, temporary, writing
from ingest.exchange import Failure, Request, Response, Validators
from ingest.warc import read_response, whole_members

AT = datetime(2026, 10, 16, 4, 0, 0, 123_000)
AGENT = "Broadsheet/1.0 (+https://a.test)"
HEADER = st.tuples(
    st.from_regex(r"X-[A-Za-z]{1,8}", fullmatch=True),
    st.text(
        st.characters(min_codepoint=33, max_codepoint=255, exclude_categories=["Cc"]), min_size=1
    ),
)
RESPONSES = st.builds(
    Response,
    url=st.just("https://a.test/page?b=1&a=2"),
    at=st.just(AT),
    status=st.sampled_from([200, 301, 404, 503, 299]),
    headers=st.lists(HEADER, max_size=3).map(tuple),
    body=st.binary(max_size=3_000),
    truncated=st.sampled_from([None, "length", "disconnect", "time"]),
)


def asked(url: str = "https://a.test/page?b=1&a=2", purpose: str = "page") -> Request:
    return Request(purpose, url, url, 1_000_000)  # type: ignore[arg-type]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RESPONSES)
def test_a_response_comes_back_as_it_was(tmp_path: Path, response: Response) -> None:
    files = ArchiveFiles(tmp_path, "a")
    files.ledger.unlink(missing_ok=True)
    with writing(files, AGENT) as archive:
        kept = archive.response(asked(), response)
    back = ArchiveReader(files).answer(asked())
    assert isinstance(back, Response)
    assert back == read_response(tmp_path, kept.file, kept.offset)
    own = tuple(pair for pair in back.headers if pair[0] != "Content-Length")
    assert (back.status, back.body, back.truncated, back.at) == (
        response.status, response.body, response.truncated, AT,
    )  # fmt: skip
    assert [name for name, _ in own] == [name for name, _ in response.headers]


def test_failures_and_notes_come_back_from_the_ledger(tmp_path: Path) -> None:
    files = ArchiveFiles(tmp_path, "a")
    failure = Failure(asked().url, AT, "fetch_failed", "no answer within the deadline")
    with writing(files, AGENT) as archive:
        archive.note({"base": ["20261015T0500"]})
        archive.failure(asked(), failure)
    reader = ArchiveReader(files)
    assert reader.answer(asked()) == failure
    assert reader.answer(asked("https://a.test/other")) is None
    assert reader.notes == {"base": ["20261015T0500"], "bytes": {}}


def kill_while_writing(files: ArchiveFiles, *paths: str) -> None:
    """Archive answers to `paths`, then die."""
    with suppress(KeyboardInterrupt), writing(files, AGENT) as archive:
        archive.note({"base": []})
        for path in paths:
            url = f"https://a.test/{path}"
            archive.response(asked(url), Response(url, AT, 200, (), path.encode() * 50))
        archive.failure(asked("https://a.test/gone"), Failure("x", AT, "fetch_failed", "no answer"))
        raise KeyboardInterrupt


def bodies(files: ArchiveFiles, *paths: str) -> list[bytes | None]:
    reader = ArchiveReader(files)
    answers = [reader.answer(asked(f"https://a.test/{path}")) for path in paths]
    return [one.body[: len("one")] if isinstance(one, Response) else None for one in answers]


def test_a_killed_writer_leaves_what_it_got_and_another_goes_on(tmp_path: Path) -> None:
    files = ArchiveFiles(tmp_path, "a")
    kill_while_writing(files, "one", "two")
    assert files.is_unfinished()
    assert files.warcs() == []
    assert bodies(files, "one", "two", "six") == [b"one", b"two", None]
    with writing(files, AGENT) as archive:
        url = "https://a.test/six"
        archive.response(asked(url), Response(url, AT, 200, (), b"six"))
    assert files.is_complete()
    assert bodies(files, "one", "two", "six") == [b"one", b"two", b"six"]
    assert ArchiveReader(files).answer(asked("https://a.test/gone")) is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.001.warc.gz",
        "a.ledger.jsonl",
        "a.warc.gz",
    ]


@given(st.integers(min_value=0, max_value=2_000), st.integers(min_value=0, max_value=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wherever_a_writer_was_killed_the_whole_records_are_kept(
    tmp_path: Path, warc_bytes: int, ledger_bytes: int
) -> None:
    files = ArchiveFiles(tmp_path, "a")
    for path in tmp_path.iterdir():
        path.unlink()
    kill_while_writing(files, "one", "two", "six")
    warc = temporary(files.warc(0))
    warc.write_bytes(warc.read_bytes()[:warc_bytes])
    whole = whole_members(warc)
    ledger = temporary(files.ledger)
    ledger.write_bytes(ledger.read_bytes()[:ledger_bytes])
    adopt(files, AGENT)
    assert files.is_complete()
    assert files.warc(0).stat().st_size == whole <= warc_bytes
    kept = bodies(files, "one", "two", "six")
    assert kept == [b"one", b"two", b"six"][: 3 - kept.count(None)] + [None] * kept.count(None)
    assert ArchiveReader(files).notes["interrupted"]


def test_a_writer_killed_between_its_renames_is_taken_up(tmp_path: Path) -> None:
    files = ArchiveFiles(tmp_path, "a")
    kill_while_writing(files, "one")
    temporary(files.warc(0)).rename(files.warc(0))
    with writing(files, AGENT) as archive:
        url = "https://a.test/two"
        archive.response(asked(url), Response(url, AT, 200, (), b"two"))
    assert bodies(files, "one", "two") == [b"one", b"two"]


def test_the_last_answer_to_a_request_counts(tmp_path: Path) -> None:
    files, url = ArchiveFiles(tmp_path, "a"), "https://a.test/x"
    with writing(files, AGENT) as archive:
        archive.failure(asked(url), Failure(url, AT, "fetch_failed", "no answer"))
        later = AT + timedelta(seconds=2)
        archive.response(asked(url), Response(url, later, 200, (), b"at last"))
    back = ArchiveReader(files).answer(asked(url))
    assert isinstance(back, Response)
    assert back.body == b"at last"


def test_the_request_is_archived_as_it_was_made(tmp_path: Path) -> None:
    files, url = ArchiveFiles(tmp_path, "a"), "https://a.test/feed?x=1"
    known = Validators(etag='"v1"', last_modified="Fri, 16 Oct 2026 03:00:00 GMT")
    with writing(files, AGENT) as archive:
        request = Request("feed", url, url, 1000, known)
        archive.response(request, Response(url, AT, 304, (), b""))
    text = gzip.decompress(files.warc(0).read_bytes()).decode()
    assert "GET /feed?x=1 HTTP/1.1\r\nHost: a.test\r\n" in text
    assert 'If-None-Match: "v1"\r\nIf-Modified-Since: Fri, 16 Oct 2026 03:00:00 GMT' in text
    assert f"http-header-user-agent: {AGENT}" in text


def test_the_files_are_warc_that_others_can_read(tmp_path: Path) -> None:
    files = ArchiveFiles(tmp_path, "a")
    body = gzip.compress(b"<p>as received</p>")
    headers = (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))
    with writing(files, AGENT) as archive:
        archive.response(asked(), Response(asked().url, AT, 200, headers, body))
    with files.warc(0).open("rb") as file:
        records = [
            (record.record_type, record.headers["WARC-Target-URI"], record.reader.read())
            for record in ArchiveIterator(
                file, record_types=WarcRecordType.request | WarcRecordType.response
            )
        ]
    assert [kind for kind, _, _ in records] == [WarcRecordType.request, WarcRecordType.response]
    assert records[1][2] == body


def test_a_large_archive_is_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.archive.MAX_FILE_BYTES", 500)
    files = ArchiveFiles(tmp_path, "a")
    urls = [f"https://a.test/{number}" for number in range(6)]
    with writing(files, AGENT) as archive:
        for url in urls:
            archive.response(asked(url), Response(url, AT, 200, (), url.encode()))
    assert len(files.warcs()) > 1
    reader = ArchiveReader(files)
    answers = [reader.answer(asked(url)) for url in urls]
    assert [isinstance(one, Response) and one.body.decode() for one in answers] == urls


@pytest.mark.parametrize("damage", ["cut", "gone", "ledger", "flipped"])
def test_a_whole_archive_that_was_damaged_later_is_told_by_name(
    tmp_path: Path, damage: str
) -> None:
    files, url = ArchiveFiles(tmp_path, "a"), "https://a.test/x"
    with writing(files, AGENT) as archive:
        archive.note({"base": []})
        archive.response(asked(url), Response(url, AT, 200, (), b"x" * 500))
    warc = files.warc(0)
    if damage == "cut":
        warc.write_bytes(warc.read_bytes()[:-20])
    elif damage == "gone":
        warc.unlink()
    elif damage == "ledger":
        files.ledger.write_bytes(b"")
    else:
        content = bytearray(warc.read_bytes())
        content[len(content) // 3] ^= 0xFF
        warc.write_bytes(content)
    with pytest.raises(HomeError, match=f"archive of a in {tmp_path} is damaged"):
        ArchiveReader(files)


def test_a_ledger_holds_what_other_line_ends_would_split(tmp_path: Path) -> None:
    files, url = ArchiveFiles(tmp_path, "a"), "https://a.test/\u2028y\x85"
    with writing(files, AGENT) as archive:
        archive.failure(asked(url), Failure(url, AT, "blocked_address", "neither http nor https"))
    assert ArchiveReader(files).answer(asked(url)) is not None
