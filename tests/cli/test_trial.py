"""What a trial reads back of its archive."""

from datetime import datetime
from pathlib import Path

from cli.trial import answers
from ingest.archive import ArchiveFiles, writing
from ingest.exchange import Failure, Request


def test_a_reason_may_hold_line_ends_of_every_kind(tmp_path: Path) -> None:
    """JSON leaves them as they are within a string; only a newline ends a line of the ledger."""
    files = ArchiveFiles(tmp_path, "one")
    reason = "odd\u2028and\u2029and\x85and\x1cend"
    url = "https://one.test/feed"
    with writing(files, "Broadsheet/1.0 (+https://one.test)") as archive:
        failed = Failure(url, datetime(2026, 10, 16, 4), "fetch_failed", reason)
        archive.failure(Request("feed", url, url, 1_000), failed)
        archive.failure(Request("robots", url, url, 1_000), failed)
    assert [(one.purpose, one.reason) for one in answers(files)] == [
        ("feed", reason),
        ("robots", reason),
    ]
