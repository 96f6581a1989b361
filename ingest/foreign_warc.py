"""Foreign WARC files, streamed: every page of one, and every place where it is broken.

A file is read once, record by record; no record is held beyond the size limit of a page. What
breaks is a Failure that names the file and the offset, then the next record is sought.
"""

import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from ingest import urls
from ingest.exchange import TRUNCATION_REASONS, Exchange, Failure, Response

RECORD_SCHEME = "record:"  # the URL of a record that has none of its own
_GZIP = b"\x1f\x8b\x08"
_HEAD_BYTES, _WINDOW = 64 * 1024, 1 << 20
_MOST_BROKEN = 1_000  # places, before the rest of a file is given up
_PAGES = (WarcRecordType.response, WarcRecordType.resource, WarcRecordType.revisit)
_HTML = re.compile(
    rb"\s*(?:<!--.{0,500}?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")


class _BrokenRecordError(ValueError):
    """The record is damaged, and where it ends is not known."""


def why_no_warc(path: Path) -> str | None:
    """What the file is instead of a WARC file, in words; None where it is one."""
    with path.open("rb") as file:
        is_gzip = _starts_with(file, 0, _GZIP)
        file.seek(0)
        head = _read(file, 64, is_gzip=is_gzip)
    if head.startswith(b"filedesc:"):
        return "an ARC file, which is not read; convert it to WARC first"
    return None if head.startswith(b"WARC/") else "not a WARC file, plain or gzip"


def warc_pages(path: Path, at: datetime, max_bytes: int) -> Iterator[Exchange]:
    """Every HTML page of a WARC file, and a Failure for every page or place that is none.

    Args:
        path: a WARC file, plain or gzip.
        at: the time of what has none, naive UTC.
        max_bytes: of a page as stored; a larger one is `too_large` and not read whole.

    A revisit record is a Failure `unchanged`: it says that the page was seen, and holds none.
    """
    start: int | None = 0
    after: int | None = None  # the last record before a break that is not reported yet
    broken = 0
    with path.open("rb") as file:
        while start is not None:
            section = _Section(path, file, start, at, max_bytes)
            for exchange in section:
                if after is not None:
                    yield _failure(path, after, at, "what follows this record is no WARC record")
                    after = None
                yield exchange
            if section.is_broken:
                broken += 1
                after = section.last if section.is_last_whole else None
                if after is None:
                    yield _failure(path, section.last, at, "a broken WARC record")
            start = _next_record(file, section.end)
            if broken >= _MOST_BROKEN and start is not None:
                yield _failure(path, start, at, "too many broken records; the rest is not read")
                return
        if after is not None:
            yield _failure(path, after, at, "what follows this record is no WARC record")


class _Section:
    """The pages from one offset on, up to the end of the file or the next break."""

    def __init__(
        self, path: Path, file: BinaryIO, start: int, at: datetime, max_bytes: int
    ) -> None:
        self._path, self._file, self._at, self._max = path, file, at, max_bytes
        self._size = path.stat().st_size
        self._is_gzip = _starts_with(file, 0, _GZIP)
        self._start = start
        self.last = start  # the record that was read last
        self.end = start + 1  # where the next one is to be sought
        self.is_broken, self.is_last_whole = True, False

    def __iter__(self) -> Iterator[Exchange]:
        """A page is given out when the record after it has begun well: else it may be half."""
        self._file.seek(self._start)
        held: Exchange | None = None
        length = -1
        try:
            for record in ArchiveIterator(self._file, auto_decode="none"):
                if held is not None:
                    yield held
                held, length = None, -1
                self.last = max(self.last, record.stream_pos)
                held = self._exchange(record)
                length = int(record.headers.get("Content-Length") or -1)
            self.is_broken = length == -1
        except (OSError, ValueError, EOFError):
            pass
        self.is_last_whole = self._is_whole(length)
        if held is not None and (self.is_last_whole or not self.is_broken):
            yield held

    def _exchange(self, record: WarcRecord) -> Exchange | None:
        """A record as an exchange; None for what is no page (robots.txt, images, DNS)."""
        if not record.headers.get("WARC-Type"):
            raise _BrokenRecordError("no type")
        if record.record_type not in _PAGES:
            return None
        is_revisit = record.record_type == WarcRecordType.revisit
        http = record.http_headers if record.is_http else None
        if record.is_http and not is_revisit and (http is None or not http.status_code):
            raise _BrokenRecordError("no HTTP status line")
        body = self._body(record)
        named = record.http_content_type if http is not None else record.headers.get("Content-Type")
        if not is_revisit and not _is_page(named or "", body):
            return None
        at = record.record_date.replace(tzinfo=None) if record.record_date else self._at
        try:
            url = urls.canonical_url((record.headers.get("WARC-Target-URI") or "").strip("<> "))
        except urls.UrlRefusedError as refusal:
            return _failure(self._path, self.last, at, str(refusal), "blocked_address")
        if why := self._why_none(record, body):
            return Failure(url, at, *why)
        if http is None:
            return Response(url, at, 200, (("Content-Type", named or "text/html"),), body)
        return _response(url, at, http.status_code or 0, tuple(http.to_tuples()), body)

    def _why_none(self, record: WarcRecord, body: bytes) -> tuple[str, str] | None:
        """Disposition and reason of a record that holds no whole page."""
        if record.record_type == WarcRecordType.revisit:
            return "unchanged", "a revisit record, which holds no page"
        if len(body) > self._max:
            return "too_large", TRUNCATION_REASONS["length"]
        if reason := record.headers.get("WARC-Truncated"):
            status = "too_large" if reason == "length" else "fetch_failed"
            return status, TRUNCATION_REASONS.get(reason, "stored incompletely")
        return None

    def _body(self, record: WarcRecord) -> bytes:
        """The stored body; of one that is too large, a byte more than the limit."""
        length = record.content_length
        if not self._is_gzip and record.stream_pos + length > self._size:
            raise _BrokenRecordError("longer than the file")
        body: bytes = record.reader.read(self._max + 1)
        if len(body) < min(length, self._max + 1):
            raise _BrokenRecordError("shorter than it says")
        return body

    def _is_whole(self, length: int) -> bool:
        """Whether the last record ends where its length says; sets where to seek the next."""
        self.end = self.last + 1
        if length < 0:
            return False
        self._file.seek(self.last)
        raw = _read(self._file, _HEAD_BYTES, is_gzip=self._is_gzip)
        end = raw.find(b"\r\n\r\n") + 4 + length
        if self._is_gzip:
            self._file.seek(self.last)
            return length <= 2 * self._max + _HEAD_BYTES and (
                _read(self._file, end + 4, is_gzip=True)[end:] == b"\r\n\r\n"
            )
        self._file.seek(self.last + end)
        is_whole = self._file.read(4) == b"\r\n\r\n"
        self.end = self.last + (end if is_whole else 1)
        return is_whole


def _response(
    url: str, at: datetime, status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> Exchange:
    """The stored HTTP response with its transfer-coding undone; a cut one is a Failure."""
    named = {name.lower(): value for name, value in headers}
    if "chunked" in named.get("transfer-encoding", "").lower():
        whole = _dechunked(body)
    else:
        length = named.get("content-length", "").strip()
        is_cut = (
            length.isascii() and length.isdigit() and len(length) < 16 and len(body) < int(length)
        )
        whole = None if is_cut else body
    if whole is None:
        return Failure(url, at, "fetch_failed", TRUNCATION_REASONS["disconnect"])
    if "gzip" in named.get("content-encoding", "").lower() and not whole.startswith(_GZIP[:2]):
        headers = tuple(one for one in headers if one[0].lower() != "content-encoding")
    return Response(url, at, status, headers, whole)


def _dechunked(body: bytes) -> bytes | None:
    """The body without its chunk headers; as it is where it has none; None where it is cut."""
    out, place = bytearray(), 0
    while head := _CHUNK.match(body, place):
        size = int(head[1], 16)
        if size == 0:
            return bytes(out)
        out += body[head.end() : head.end() + size]
        place = head.end() + size
        place += 2 if body[place : place + 2] == b"\r\n" else 1
    return body if place == 0 else None


def _is_page(media_type: str, body: bytes) -> bool:
    return "html" in media_type.lower() or (not media_type and bool(_HTML.match(body)))


def _failure(
    path: Path, offset: int, at: datetime, reason: str, status: str = "extract_failed"
) -> Failure:
    return Failure(f"{RECORD_SCHEME}{path.name}#{offset}", at, status, reason)


# Finding records ----------------------------------------------------------------------------


def _read(file: BinaryIO, size: int, *, is_gzip: bool) -> bytes:
    """Up to `size` bytes from where the file stands, of one gzip member at most."""
    if not is_gzip:
        return file.read(size)
    out, decoder = bytearray(), zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        while len(out) < size and not decoder.eof and (chunk := file.read(_HEAD_BYTES)):
            out += decoder.decompress(decoder.unconsumed_tail + chunk, size - len(out))
    except zlib.error:
        pass
    return bytes(out)


def _starts_with(file: BinaryIO, place: int, mark: bytes) -> bool:
    file.seek(place)
    return file.read(len(mark)) == mark


def _next_record(file: BinaryIO, start: int) -> int | None:
    """Where the next record begins, at `start` or after it; None where none follows."""
    is_gzip = _starts_with(file, 0, _GZIP)
    mark = _GZIP if is_gzip else b"WARC/1."
    while True:
        file.seek(start)
        window = file.read(_WINDOW)
        place = window.find(mark)
        while place != -1:
            file.seek(start + place)
            if not is_gzip or _may_be_record(file.read(4096)):
                return start + place
            place = window.find(mark, place + 1)
        if len(window) < _WINDOW:
            return None
        start += _WINDOW - len(mark) + 1


def _may_be_record(head: bytes) -> bool:
    """Whether a gzip member begins as a record does, as far as it is there."""
    try:
        plain = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, len(b"WARC/"))
    except zlib.error:
        return False
    return plain == b"WARC/" or (len(head) < 4096 and b"WARC/".startswith(plain))
