"""The archive gives back what it was given, whole or not at all."""

import gzip
from datetime import datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.archive import ArchiveFiles, ArchiveReader, read_response, writing
from ingest.exchange import Failure, Request, Response

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
        archive.entries.append({"base_state": "20261015T0500"})
        archive.failure(asked(), failure)
    reader = ArchiveReader(files)
    assert reader.answer(asked()) == failure
    assert reader.answer(asked("https://a.test/other")) is None
    assert reader.notes == {"base_state": "20261015T0500"}


def test_an_archive_that_was_not_finished_does_not_exist(tmp_path: Path) -> None:
    files = ArchiveFiles(tmp_path, "a")

    def killed_half_way() -> None:
        with writing(files, AGENT) as archive:
            archive.response(asked(), Response(asked().url, AT, 200, (), b"x"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed_half_way()
    assert not files.is_complete()
    assert list(tmp_path.iterdir()) == []


def test_the_files_are_warc_that_others_can_read(tmp_path: Path) -> None:
    files = ArchiveFiles(tmp_path, "a")
    body = gzip.compress(b"<p>as received</p>")
    headers = (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))
    with writing(files, AGENT) as archive:
        archive.response(asked(), Response(asked().url, AT, 200, headers, body))
    with files.warc(0).open("rb") as file:
        records = [
            (record.record_type, record.headers["WARC-Target-URI"], record.reader.read())
            for record in ArchiveIterator(file)
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
