"""Archives as a source: foreign WARC files, and JSON lines or Parquet rows with text or HTML.

What they hold is copied into the edition's own archive first, so that a replay needs no foreign
file. Whether a record belongs to an edition depends on the record and the edition alone, never
on earlier runs: days may be backfilled in any order.
"""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet

from core.config import EntryPoint, Source
from core.identity import short_hash
from core.plan import Run
from core.takedowns import TAKEN_DOWN, read_takedowns
from ingest import foreign_warc, urls
from ingest.archive import ArchiveWriter
from ingest.dates import Moment, parse_date
from ingest.exchange import TRUNCATION_REASONS, Exchange, Failure, Request, Response

LOGGER = logging.getLogger(__name__)
RECORD_TYPE = "application/json"
RECORD_SCHEME = foreign_warc.RECORD_SCHEME
_MOST_BYTES = 1 << 30
_BATCH_ROWS = 200
_SKIPPED_BYTES = 1 << 20
_MOST_ID_CHARACTERS = 200
_CONTROL_OR_SURROGATE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class ArchiveUnreadableError(Exception):
    """The file is missing or not of its kind; the text says which."""


def imported(
    run: Run, source: Source, point: EntryPoint, archive: ArchiveWriter
) -> Iterator[Exchange]:
    """Copy what the entry point holds into the edition's archive; yield it as archived.

    A broken record, and one that lies outside the edition's window, is a Failure. Failures come
    last, as in a replay, and only where the file holds the page nowhere else.

    Raises:
        ArchiveUnreadableError: the file cannot be read at all.
    """
    path = run.sources_folder / str(point.path)
    if not path.is_file():
        raise ArchiveUnreadableError(f"{point.path} is no file beside the sources file")
    via, seen = str(point.path), set[str]()
    failures: list[Failure] = []
    taken_down = read_takedowns(run.paths).urls
    for exchange in _exchanges(run, source, point.kind, path):
        if exchange.url in taken_down:
            exchange = Failure(exchange.url, run.cutoff, "quarantined", TAKEN_DOWN)  # noqa: PLW2901
        if isinstance(exchange, Failure):
            failures.append(exchange)
        elif exchange.url not in seen:
            seen.add(exchange.url)
            yield archive.response(_request(via, exchange.url), exchange)
    for failure in failures:
        if failure.url not in seen:
            seen.add(failure.url)
            archive.failure(_request(via, failure.url), failure)
            yield failure


def _request(via: str, url: str) -> Request:
    return Request("import", via, url, _MOST_BYTES)


def _exchanges(run: Run, source: Source, kind: str, path: Path) -> Iterator[Exchange]:
    max_bytes = run.sources.fetching_of(source).max_page_bytes
    if kind != "warc":
        return _records(path, kind, run, source)
    if reason := foreign_warc.why_no_warc(path):
        raise ArchiveUnreadableError(f"{path.name} is {reason}")
    return foreign_warc.warc_pages(path, run.cutoff, max_bytes)


# JSON lines and Parquet -------------------------------------------------------------------


def _records(path: Path, kind: str, run: Run, source: Source) -> Iterator[Exchange]:
    zone = ZoneInfo(source.timezone)
    oldest = run.edition - timedelta(days=run.sources.max_age_of(source))
    max_bytes = run.sources.fetching_of(source).max_page_bytes
    rows = _parquet_rows(path) if kind == "parquet" else _json_rows(path, max_bytes)
    for place, row in rows:
        if isinstance(row, _Unusable):
            url = f"{RECORD_SCHEME}{path.name}#{place}"
            yield Failure(url, run.cutoff, row.status, row.reason)
            continue
        url, refusal = _record_url(row)
        published = record_date(row, zone)
        if refusal:
            yield Failure(url, run.cutoff, "blocked_address", refusal)
        elif published and published.last_possible_day() < oldest:
            yield Failure(url, run.cutoff, "out_of_window", f"published {published.value.date()}")
        elif published and published.value > run.cutoff:
            yield Failure(url, run.cutoff, "out_of_window", "published after the edition's cut-off")
        else:
            yield _as_response(row, url, run.cutoff, max_bytes)


def _as_response(row: dict[str, Any], url: str, at: datetime, max_bytes: int) -> Exchange:
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)
    body = text.encode("utf-8", "replace")
    if len(body) > max_bytes:
        return Failure(url, at, "too_large", TRUNCATION_REASONS["length"])
    return Response(url, at, 200, (("Content-Type", RECORD_TYPE),), body)


@dataclass(frozen=True)
class _Unusable:
    """A place of an archive that gives no row: its disposition and the reason."""

    status: str
    reason: str


_NO_OBJECT = _Unusable("extract_failed", "the line is not a JSON object")
_TOO_LONG = _Unusable("too_large", TRUNCATION_REASONS["length"])
_BREAKS = _Unusable("extract_failed", "the Parquet row group breaks here")


def _json_rows(path: Path, max_bytes: int) -> Iterator[tuple[int, dict[str, Any] | _Unusable]]:
    """(line, row) of every line that is not empty; no more of a line is held than `max_bytes`."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(max_bytes + 1):
            number += 1
            if len(line) > max_bytes and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = file.readline(_SKIPPED_BYTES)
                yield number, _TOO_LONG
            elif line.strip(b" \t\r\n\xef\xbb\xbf"):
                yield number, _json_row(line)


def _json_row(line: bytes) -> dict[str, Any] | _Unusable:
    try:
        row = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return _NO_OBJECT
    return row if isinstance(row, dict) else _NO_OBJECT


def _parquet_rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | _Unusable]]:
    """(row number, row) of every row; a row group that breaks is left at the row where it does."""
    number = 0
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        raise ArchiveUnreadableError(f"{path.name} is not a Parquet file") from error
    for group in range(file.num_row_groups):
        end = number + file.metadata.row_group(group).num_rows
        try:
            for batch in file.iter_batches(_BATCH_ROWS, row_groups=[group]):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
        except (OSError, ValueError, pyarrow.ArrowException):
            yield number + 1, _BREAKS
        number = end


def _record_url(row: dict[str, Any]) -> tuple[str, str | None]:
    """The canonical URL of a record, or `record:<id>`; and why its URL is not usable."""
    given = str(row.get("url") or "")
    if not given:
        record_id = row.get("id")
        if record_id is None:
            record_id = short_hash(str(row.get("title")), str(row.get("text") or row.get("html")))
        name = str(record_id)
        if len(name) > _MOST_ID_CHARACTERS or _CONTROL_OR_SURROGATE.search(name):
            name = short_hash(name)
        return f"{RECORD_SCHEME}{name}", None
    try:
        return urls.canonical_url(given), None
    except urls.UrlRefusedError as refusal:
        return f"{RECORD_SCHEME}{short_hash(given)}", str(refusal)


def record_date(row: dict[str, Any], zone: ZoneInfo) -> Moment | None:
    """A record's own date; a timestamp without an offset is UTC where it has a type."""
    value = row.get("published_at")
    if isinstance(value, datetime):
        value = value.isoformat() + ("" if value.tzinfo else "Z")
    return parse_date(str(value), zone) if value else None
