"""WARC records as gzip members: how a request and its response lie in the archive, and back."""

import zlib
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import cast

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from ingest.exchange import Request, Response, Truncation

PURPOSE, START = "X-Broadsheet-Purpose", "X-Broadsheet-Start-URI"
_LEVEL, _LEVEL_OF_COMPRESSED = 3, 1  # most bodies come compressed; a higher level buys little
_PHRASES = {int(status): status.phrase for status in HTTPStatus}
_NAMES = {int(WarcRecordType.request): "request", int(WarcRecordType.response): "response"}
_NOT_KEPT = {"transfer-encoding", "content-length"}  # the body stored is no longer framed by them
_CHUNK_BYTES = 1 << 20
_AS_READ = {
    ord(bytes([byte]).decode("cp1252", "ignore") or chr(byte)): byte for byte in range(0x80, 0xA0)
}


def information(user_agent: str, at: datetime) -> bytes:
    """The record that opens a file: what wrote it, and by which rules."""
    record = WarcRecord()
    record.init_headers(WarcRecordType.warcinfo)
    record.headers["WARC-Date"] = f"{at.isoformat(timespec='milliseconds')}Z"
    record.headers["Content-Type"] = "application/warc-fields"
    fields = {
        "software": "Broadsheet",
        "http-header-user-agent": user_agent,
        "robots": "obey (RFC 9309)",
        "format": "WARC file version 1.1",
    }
    record.set_bytes_content("".join(f"{k}: {v}\r\n" for k, v in fields.items()).encode())
    return _member(record, _LEVEL)


def exchanged(request: Request, response: Response, user_agent: str) -> tuple[bytes, bytes]:
    """The members of a request and of its response."""
    asked = _record(WarcRecordType.request, request, response.at)
    asked.set_bytes_content(_request_block(request, user_agent))
    answered = _record(WarcRecordType.response, request, response.at)
    answered.headers["WARC-Concurrent-To"] = asked.record_id or ""
    if response.truncated:
        answered.headers["WARC-Truncated"] = response.truncated
    answered.set_bytes_content(_response_block(response))
    is_compressed = bool(response.header("Content-Encoding"))
    return (
        _member(asked, _LEVEL),
        _member(answered, _LEVEL_OF_COMPRESSED if is_compressed else _LEVEL),
    )


def read_response(folder: Path, name: str, offset: int) -> Response:
    """The archived response at `offset` of a WARC file."""
    with (folder / name).open("rb") as file:
        file.seek(offset)
        record = next(iter(ArchiveIterator(file, record_types=WarcRecordType.response)))
        return Response(
            url=record.headers["WARC-Target-URI"],
            at=record.record_date.replace(tzinfo=None),
            status=record.http_headers.status_code or 0,
            headers=tuple(
                (name, as_received(value)) for name, value in record.http_headers.to_tuples()
            ),
            body=record.reader.read(),
            truncated=cast("Truncation | None", record.headers.get("WARC-Truncated")),
            file=name,
            offset=offset,
        )


def as_received(value: str) -> str:
    """A header's value as the archive holds it: the reader takes its bytes for Windows-1252."""
    return value.translate(_AS_READ).encode("latin-1").decode("utf-8", "surrogateescape")


def whole_members(path: Path) -> int:
    """How many bytes at the head of a gzip file are whole members: where a killed writer got to."""
    whole = position = 0
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            while chunk:
                try:
                    decoder.decompress(chunk)
                except zlib.error:
                    return whole
                if not decoder.eof:
                    position += len(chunk)
                    break
                position += len(chunk) - len(decoder.unused_data)
                whole, chunk = position, decoder.unused_data
                decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    return whole


def _record(kind: WarcRecordType, request: Request, at: datetime) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(kind)
    record.headers["WARC-Date"] = f"{at.isoformat(timespec='milliseconds')}Z"
    record.headers["WARC-Target-URI"] = request.url
    record.headers["Content-Type"] = f"application/http; msgtype={_NAMES[int(kind)]}"
    record.headers[PURPOSE] = request.purpose
    record.headers[START] = request.start
    return record


def _member(record: WarcRecord, level: int) -> bytes:
    """The record as one gzip member, so that a reader can start at it."""
    buffer = BytesIO()
    writer = GzipWriter(buffer, compression_level=level)
    record.write(writer)
    writer.finish()
    return buffer.getvalue()


def _request_block(request: Request, user_agent: str) -> bytes:
    authority, _, path = request.url.partition("://")[2].partition("/")
    lines = [f"GET /{path} HTTP/1.1", f"Host: {authority}", f"User-Agent: {user_agent}"]
    lines += [f"{name}: {value}" for name, value in request.conditions().items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


def _response_block(response: Response) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, '')}".rstrip()]
    lines += [f"{key}: {value}" for key, value in response.headers if key.lower() not in _NOT_KEPT]
    lines.append(f"Content-Length: {len(response.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + response.body
