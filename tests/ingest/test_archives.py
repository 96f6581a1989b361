"""Archives as sources: WARC, JSON lines and Parquet, whole, broken and missing."""

# times are naive UTC everywhere
import json
import shutil
from datetime import datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet
import pytest

from core.home import Home
from core.landed import read_landed
from core.plan import Run
from ingest.archive import ArchiveFiles, writing
from ingest.exchange import Request, Response
from tests.ingest.site import WORDS, page, write_sources
from tests.ingest.test_collect import collect, ends, landed
from tests.ingest.test_foreign_warc import record

AT = datetime(2026, 10, 15, 12)


def archive_source(kind: str, path: str, name: str = "old") -> dict[str, object]:
    return {"id": name, "entry_points": [{"kind": kind, "path": path}]}


def rows() -> list[dict[str, object]]:
    return [
        {"id": "a", "title": "By text", "text": WORDS * 3, "published_at": "2026-10-15",
         "authors": ["Ada L."], "language": "en"},
        {"url": "https://old.test/b?utm_source=x", "title": "By HTML", "published_at":
         "2026-10-14T10:00:00Z", "html": page("A page", WORDS * 4)},
        {"id": "c", "title": "Old", "text": WORDS * 3, "published_at": "2026-09-01"},
        {"id": "d", "title": "Later", "text": WORDS * 3, "published_at": "2026-10-16T06:00:00Z"},
        {"id": "e", "title": "Undated", "text": WORDS * 3},
        {"id": "f", "title": "Short", "text": "Too few."},
        {"id": "g", "title": "Empty"},
    ]  # fmt: skip


EXPECTED = {
    "record:a": "loaded",
    "https://old.test/b": "loaded",
    "record:c": "out_of_window",
    "record:d": "out_of_window",
    "record:e": "loaded",
    "record:f": "not_an_article",
    "record:g": "not_an_article",
}


def statuses(run: Run) -> dict[str, str]:
    ends(run)
    return dict(read_landed(run.landing, "disposition").select("url", "status").rows())


def test_json_lines_and_their_replay_without_the_file(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    sources = write_sources(folder, archive_source("jsonl", "old.jsonl"))
    lines = [json.dumps(row) for row in rows()] + ["", "{broken", "[1]"]
    (folder / "old.jsonl").write_text("\n".join(lines))
    run = collect(sources)
    broken = {"record:old.jsonl#9": "extract_failed", "record:old.jsonl#10": "extract_failed"}
    assert statuses(run) == {**EXPECTED, **broken}
    article = (
        read_landed(run.landing, "article")
        .filter(pl.col("title") == "By text")
        .row(named=True, index=0)
    )
    assert article["authors"] == ["Ada L."]
    assert (article["published_method"], article["published_precision"]) == ("record", "day")
    assert article["url"] == "record:a"
    first = landed(run)
    (folder / "old.jsonl").unlink()
    second = landed(collect(sources, "second"))
    assert all(second[table].equals(first[table]) for table in first)


def test_an_archive_may_have_a_window_of_its_own(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    source = archive_source("jsonl", "old.jsonl") | {"max_age_days": 1}
    sources = write_sources(folder, source)
    (folder / "old.jsonl").write_text("\n".join(json.dumps(row) for row in rows()))
    assert statuses(collect(sources)) == {**EXPECTED, "https://old.test/b": "out_of_window"}


def test_parquet(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    sources = write_sources(folder, archive_source("parquet", "old.parquet"))
    pl.DataFrame(rows()).write_parquet(folder / "old.parquet")
    assert statuses(collect(sources)) == EXPECTED


def test_a_warc_with_a_broken_member_gives_the_others(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    sources = write_sources(folder, archive_source("warc", "old.warc.gz"))
    files = ArchiveFiles(folder, "old")
    headers = (("Content-Type", "text/html"),)
    kept: list[Response] = []
    with writing(files, "Test/1.0") as archive:
        for number in range(5):
            url = f"https://old.test/{number}"
            body = page(f"Story {number}", f"{WORDS}Number {number}. " * 3).encode()
            request = Request("page", url, url, 1)
            kept.append(archive.response(request, Response(url, AT, 200, headers, body)))
    data = bytearray((folder / "old.warc.gz").read_bytes())
    middle = kept[2].offset + 40
    data[middle : middle + 60] = bytes(60)
    (folder / "old.warc.gz").write_bytes(data)
    found = statuses(collect(sources))
    assert [found.get(f"https://old.test/{n}") for n in (0, 1, 3, 4)] == ["loaded"] * 4
    assert [status for url, status in found.items() if url.startswith("record:")] == [
        "extract_failed"
    ]


def test_what_a_warc_holds_no_whole_page_of_has_its_disposition(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    sources = write_sources(
        folder,
        archive_source("warc", "old.warc") | {"fetching": {"max_page_bytes": 20_000}},
    )
    whole = page("A story", WORDS * 4).encode()
    members = [
        record(0, whole, kind=b"revisit"),
        record(1, whole, kind=b"revisit"),
        record(2, whole, extra=b"WARC-Truncated: length\r\n"),
        record(3, whole, extra=b"WARC-Truncated: disconnect\r\n"),
        record(4, whole + bytes(20_000)),
        record(5, whole, http=b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n"),
        record(0, whole),
        record(6, whole, length=10**12),
    ]
    (folder / "old.warc").write_bytes(b"".join(members))
    run = collect(sources)
    last = sum(map(len, members[:-1]))
    assert statuses(run) == {
        "https://a.test/0": "loaded",
        "https://a.test/1": "unchanged",
        "https://a.test/2": "too_large",
        "https://a.test/3": "fetch_failed",
        "https://a.test/4": "too_large",
        "https://a.test/5": "fetch_failed",
        f"record:old.warc#{last}": "extract_failed",
    }
    first = landed(run)
    (folder / "old.warc").unlink()
    second = landed(collect(sources, "second"))
    assert all(second[table].equals(first[table]) for table in first)


def test_odd_records_of_json_lines(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    sources = write_sources(
        folder,
        archive_source("jsonl", "old.jsonl") | {"fetching": {"max_page_bytes": 20_000}},
    )
    text = WORDS * 3
    lines = [
        b"\xef\xbb\xbf" + json.dumps({"id": "mark", "text": text}).encode(),
        json.dumps({"id": "\ud800\n", "text": text}).encode(),
        json.dumps({"id": "x" * 1_000, "text": text}).encode(),
        json.dumps({"id": "big", "text": "x" * 30_000}).encode(),
        json.dumps({"id": "wide", "text": "é" * 15_000}, ensure_ascii=False).encode(),
        json.dumps({"url": "https://u:secret@a.test/", "text": text}).encode(),
        b'{"id": ' + b"9" * 5_000 + b"}",
        b"[" * 15_000,
        b"\xff\xfe",
        json.dumps({"id": "last", "text": text}).encode(),
    ]
    (folder / "old.jsonl").write_bytes(b"\r\n".join(lines))
    found = statuses(collect(sources))
    assert found["record:mark"] == found["record:last"] == "loaded"
    assert found["record:old.jsonl#4"] == found["record:old.jsonl#5"] == "too_large"
    broken = {f"record:old.jsonl#{number}" for number in (7, 8, 9)}
    assert {found[name] for name in broken} == {"extract_failed"}
    assert sorted(found.values()).count("blocked_address") == 1
    assert len(found) == len(lines)
    assert all(len(name) < 200 and "secret" not in name for name in found)


def test_a_parquet_file_that_breaks_in_its_middle(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    sources = write_sources(folder, archive_source("parquet", "old.parquet"))
    many = [{"id": f"r{number}", "text": f"{WORDS * 3} {number}"} for number in range(40)]
    path = folder / "old.parquet"
    pl.DataFrame(many).write_parquet(path, row_group_size=10, compression="zstd")
    column = pyarrow.parquet.ParquetFile(path).metadata.row_group(1).column(1)
    data = bytearray(path.read_bytes())
    start = column.data_page_offset
    data[start : start + 40] = bytes(40)
    path.write_bytes(data)
    found = statuses(collect(sources))
    assert found.pop("record:old.parquet#11") == "extract_failed"
    assert set(found) == {f"record:r{number}" for number in range(40) if number // 10 != 1}


@pytest.mark.parametrize("kind", ["warc", "jsonl", "parquet"])
def test_a_missing_archive_is_a_status(home: Home, tmp_path: Path, kind: str) -> None:
    run = collect(write_sources(tmp_path / "s", archive_source(kind, "nothing")))
    report = read_landed(run.landing, "source_report")
    assert report["feed_status"].to_list() == ["unreachable"]


def test_every_warc_of_the_corpus_is_read_or_refused(
    home: Home, tmp_path: Path, corpus: Path
) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    names = sorted(path.name for path in (corpus / "warc").iterdir())
    for name in names:
        shutil.copyfile(corpus / "warc" / name, folder / name)
    sources = [archive_source("warc", name, f"w{number}") for number, name in enumerate(names)]
    run = collect(write_sources(folder, *sources, max_age_days=36_500))
    reports = dict(
        read_landed(run.landing, "source_report").select("source_id", "feed_status").rows()
    )
    refused = {names[int(name[1:])] for name, status in reports.items() if status != "ok"}
    assert refused == {"bad.arc", "example-space-in-url.arc", "example.arc", "example.arc.gz"}
    ends(run)
    pages = read_landed(run.landing, "disposition")
    assert pages.filter(pl.col("url").str.contains("an.wikipedia"))["status"].to_list()[:1] == [
        "loaded"
    ]
