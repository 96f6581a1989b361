"""Archives as a source: foreign WARC files, and JSON lines or Parquet rows with text or HTML.

What they hold is copied into the edition's own archive first, so that a replay needs no foreign
file. Whether a record belongs to an edition depends on the record and the edition alone, never
on earlier runs: days may be backfilled in any order.
"""

import json
import logging
import mmap
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from core.config import EntryPoint, Source
from core.identity import short_hash
from core.plan import Run
from ingest import urls
from ingest.archive import ArchiveWriter
from ingest.dates import Moment, parse_date
from ingest.exchange import Exchange, Failure, Request, Response

LOGGER = logging.getLogger(__name__)
RECORD_TYPE = "application/json"
RECORD_SCHEME = "record:"  # the URL of a record that has none
_MOST_BYTES = 1 << 30
_BATCH_ROWS = 1_000
_PAGES = WarcRecordType.response | WarcRecordType.resource


class ArchiveUnreadableError(Exception):
    """The file is missing or not of its kind; the text says which."""


def imported(
    run: Run, source: Source, point: EntryPoint, archive: ArchiveWriter
) -> Iterator[Exchange]:
    """Copy what the entry point holds into the edition's archive; yield it as archived.

    A broken record, and one that lies outside the edition's window, is a Failure.

    Raises:
        ArchiveUnreadableError: the file cannot be read at all.
    """
    path = run.sources_folder / str(point.path)
    if not path.is_file():
        raise ArchiveUnreadableError(f"{point.path} is no file beside the sources file")
    via, seen = str(point.path), set[str]()
    if point.kind == "warc":
        found = _warc_pages(path, run.cutoff)
    else:
        found = _records(path, point.kind, run, source)
    for exchange in found:
        if exchange.url in seen:
            continue
        seen.add(exchange.url)
        request = Request("import", via, exchange.url, _MOST_BYTES)
        if isinstance(exchange, Failure):
            archive.failure(request, exchange)
            yield exchange
        else:
            yield archive.response(request, exchange)


# JSON lines and Parquet -------------------------------------------------------------------


def _records(path: Path, kind: str, run: Run, source: Source) -> Iterator[Exchange]:
    zone = ZoneInfo(source.timezone)
    oldest = run.edition - timedelta(days=run.sources.max_age_days)
    for place, row in _rows(path, kind):
        if row is None:
            url = f"{RECORD_SCHEME}{path.name}#{place}"
            yield Failure(url, run.cutoff, "extract_failed", "the line is not a JSON object")
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
            body = json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)
            headers = (("Content-Type", RECORD_TYPE),)
            yield Response(url, run.cutoff, 200, headers, body.encode("utf-8", "replace"))


def _rows(path: Path, kind: str) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """(place, row) for every row; None for a line that is no JSON object."""
    if kind == "parquet":
        try:
            file = pyarrow.parquet.ParquetFile(path)
        except (OSError, ValueError) as error:
            raise ArchiveUnreadableError(f"{path.name} is not a Parquet file") from error
        for batch in file.iter_batches(_BATCH_ROWS):
            yield from enumerate(batch.to_pylist())
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError):
                    row = None
                yield number, row if isinstance(row, dict) else None


def _record_url(row: dict[str, Any]) -> tuple[str, str | None]:
    """The canonical URL of a record, or `record:<id>`; and why its URL is not usable."""
    given = str(row.get("url") or "")
    if not given:
        record_id = row.get("id")
        if record_id is None:
            record_id = short_hash(str(row.get("title")), str(row.get("text") or row.get("html")))
        return f"{RECORD_SCHEME}{record_id}", None
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


# WARC -------------------------------------------------------------------------------------


def _warc_pages(path: Path, at: datetime) -> Iterator[Exchange]:
    """Every page of a WARC file; what breaks is one Failure, then the next member is sought."""
    if not _is_warc(path):
        raise ArchiveUnreadableError(f"{path.name} is not a WARC file")
    start: int | None = 0
    with path.open("rb") as file:
        while start is not None:
            file.seek(start)
            last, good = start, 0
            try:
                for record in ArchiveIterator(file, auto_decode="transfer"):
                    last, good = max(last, record.stream_pos), good + 1
                    page = _warc_page(record) if record.record_type & _PAGES else None
                    if page is not None:
                        yield page
            except (OSError, ValueError, EOFError):
                if good or start == 0:  # else it is the member that was reported just before
                    url = f"{RECORD_SCHEME}{path.name}#{last}"
                    yield Failure(url, at, "extract_failed", "a broken WARC record")
                start = _next_member(path, last + 1)
            else:
                start = None


def _warc_page(record: WarcRecord) -> Exchange | None:
    """A record as a response; None for what is no page (robots.txt, images, DNS)."""
    target = record.headers.get("WARC-Target-URI") or ""
    try:
        url = urls.canonical_url(target.strip("<>"))
    except urls.UrlRefusedError:
        return None
    at = record.record_date.replace(tzinfo=None)
    http = record.http_headers
    media_type = (http and record.http_content_type) or record.headers.get("Content-Type") or ""
    if "html" not in media_type.lower():
        return None
    body = record.reader.read()
    headers = http.to_tuples() if http else (("Content-Type", media_type),)
    return Response(url, at, (http and http.status_code) or 200, headers, body)


def _is_warc(path: Path) -> bool:
    with path.open("rb") as file:
        return _starts_record(file.read(4096))


def _starts_record(head: bytes) -> bool:
    if head.startswith(b"\x1f\x8b\x08"):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 64)
        except zlib.error:
            return False
    return head.startswith(b"WARC/")


def _next_member(path: Path, start: int) -> int | None:
    """Where the next record after a broken one begins; None where none follows."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        is_gzip = data[:2] == b"\x1f\x8b"
        mark = b"\x1f\x8b\x08" if is_gzip else b"WARC/1."
        position = data.find(mark, start)
        while position != -1:
            if _starts_record(data[position : position + 4096]):
                return position
            position = data.find(mark, position + 1)
    return None
