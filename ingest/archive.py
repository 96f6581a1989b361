"""The archive of one source in one collect: WARC records, and a ledger of what left no response.

`<source>.warc.gz` holds every response after its request; `<source>.ledger.jsonl` every failed
request. Both appear, whole, only when the source is finished: the ledger comes last and its
presence means that the source is never fetched again but replayed.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from core.errors import HomeError
from core.files import whole_file, write_bytes
from ingest.exchange import Exchange, Failure, Request, Response, Truncation

MAX_FILE_BYTES = 1_000_000_000
_LEVEL, _LEVEL_OF_COMPRESSED = 3, 1  # most bodies come compressed; a higher level buys little
_PURPOSE, _START = "X-Broadsheet-Purpose", "X-Broadsheet-Start-URI"
_PHRASES = {int(status): status.phrase for status in HTTPStatus}
_NAMES = {int(WarcRecordType.request): "request", int(WarcRecordType.response): "response"}
_NOT_KEPT = {"transfer-encoding", "content-length"}  # the body stored is no longer framed by them


@dataclass(frozen=True)
class ArchiveFiles:
    """The paths of one source's archive in one collect."""

    folder: Path
    source_id: str

    @property
    def ledger(self) -> Path:
        return self.folder / f"{self.source_id}.ledger.jsonl"

    def warc(self, number: int) -> Path:
        return self.folder / f"{self.source_id}{f'.{number:03}' if number else ''}.warc.gz"

    def warcs(self) -> list[Path]:
        found = (self.warc(number) for number in range(1000))
        return [path for path in found if path.exists()] if self.is_complete() else []

    def is_complete(self) -> bool:
        return self.ledger.exists()


@dataclass
class ArchiveWriter:
    """Writes the archive of one source; use it through `writing`."""

    files: ArchiveFiles
    user_agent: str
    entries: list[dict[str, Any]] = field(default_factory=list)
    _temporary: list[Path] = field(default_factory=list)
    _file: BinaryIO | None = None

    def response(self, request: Request, response: Response) -> Response:
        """Archive a response; return it with its place in the archive.

        Raises:
            HomeError: the disk refused the record.
        """
        try:
            return self._response(request, response)
        except OSError as error:
            raise HomeError(
                f"{self.files.folder} could not be written: {error.strerror or error}; free or "
                "grant space there, then run the edition again."
            ) from error

    def _response(self, request: Request, response: Response) -> Response:
        file = self._current()
        asked = _record(WarcRecordType.request, request, response.at)
        asked.set_bytes_content(_request_block(request.url, self.user_agent))
        answered = _record(WarcRecordType.response, request, response.at)
        answered.headers["WARC-Concurrent-To"] = asked.record_id or ""
        if response.truncated:
            answered.headers["WARC-Truncated"] = response.truncated
        answered.set_bytes_content(_response_block(response))
        file.write(_member(asked, _LEVEL))
        offset = file.tell()
        is_compressed = bool(response.header("Content-Encoding"))
        file.write(_member(answered, _LEVEL_OF_COMPRESSED if is_compressed else _LEVEL))
        name = self.files.warc(len(self._temporary) - 1).name
        return Response(**{**vars(response), "file": name, "offset": offset})

    def failure(self, request: Request, failure: Failure) -> None:
        self.entries.append(
            {
                "at": failure.at.isoformat(),
                "purpose": request.purpose,
                "reason": failure.reason,
                "start": request.start,
                "status": failure.status,
                "url": request.url,
            }
        )

    def _current(self) -> BinaryIO:
        if self._file is None or self._file.tell() > MAX_FILE_BYTES:
            self.close()
            path = self.files.warc(len(self._temporary))
            path.parent.mkdir(parents=True, exist_ok=True)
            self._temporary.append(path.with_name(f".{path.name}.tmp"))
            self._file = self._temporary[-1].open("wb")
        return self._file

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def finish(self) -> None:
        """Make the archive whole: WARC files first, the ledger that completes it last."""
        self.close()
        for number, temporary in enumerate(self._temporary):
            with whole_file(self.files.warc(number)) as path:
                temporary.rename(path)
        lines = (json.dumps(entry, ensure_ascii=False, sort_keys=True) for entry in self.entries)
        write_bytes(self.files.ledger, "".join(f"{line}\n" for line in lines).encode())

    def abandon(self) -> None:
        self.close()
        for temporary in self._temporary:
            temporary.unlink(missing_ok=True)


@contextmanager
def writing(files: ArchiveFiles, user_agent: str) -> Iterator[ArchiveWriter]:
    """An archive that appears on a clean exit and leaves nothing behind after an exception."""
    writer = ArchiveWriter(files, user_agent)
    try:
        yield writer
        writer.finish()
    finally:
        writer.abandon()


class ArchiveReader:
    """Answers requests from a finished archive, each with what it was answered then."""

    def __init__(self, files: ArchiveFiles) -> None:
        self._files = files
        self._places: dict[tuple[str, str, str], tuple[str, int]] = {}
        self._failures: dict[tuple[str, str, str], Failure] = {}
        self.notes: dict[str, Any] = {}
        for path in files.warcs():
            self._index(path)
        for line in files.ledger.read_text().splitlines() if files.is_complete() else ():
            self._take(json.loads(line))

    def answer(self, request: Request) -> Exchange | None:
        """What came of `request`; None where it was never made."""
        key = (request.purpose, request.start, request.url)
        if key in self._failures:
            return self._failures[key]
        place = self._places.get(key)
        return read_response(self._files.folder, *place) if place else None

    def imports(self, start: str) -> Iterator[Exchange]:
        """Everything that was imported from the entry point `start`."""
        for key, place in self._places.items():
            if key[:2] == ("import", start):
                yield read_response(self._files.folder, *place)
        for key, failure in self._failures.items():
            if key[:2] == ("import", start):
                yield failure

    def _index(self, path: Path) -> None:
        with path.open("rb") as file:
            for record in ArchiveIterator(
                file, record_types=WarcRecordType.response, parse_http=False
            ):
                headers = record.headers
                key = (headers[_PURPOSE], headers[_START], headers["WARC-Target-URI"])
                self._places[key] = (path.name, record.stream_pos)

    def _take(self, entry: dict[str, Any]) -> None:
        if "purpose" not in entry:
            self.notes.update(entry)
            return
        key = (entry["purpose"], entry["start"], entry["url"])
        at = datetime.fromisoformat(entry["at"])
        self._failures[key] = Failure(entry["url"], at, entry["status"], entry["reason"])


def read_response(folder: Path, name: str, offset: int) -> Response:
    """The archived response at `offset` of a WARC file."""
    with (folder / name).open("rb") as file:
        file.seek(offset)
        record = next(iter(ArchiveIterator(file, record_types=WarcRecordType.response)))
        return Response(
            url=record.headers["WARC-Target-URI"],
            at=record.record_date.replace(tzinfo=None),
            status=record.http_headers.status_code or 0,
            headers=record.http_headers.to_tuples(),
            body=record.reader.read(),
            truncated=cast("Truncation | None", record.headers.get("WARC-Truncated")),
            file=name,
            offset=offset,
        )


def _record(kind: WarcRecordType, request: Request, at: datetime) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(kind)
    record.headers["WARC-Date"] = f"{at.isoformat(timespec='milliseconds')}Z"
    record.headers["WARC-Target-URI"] = request.url
    record.headers["Content-Type"] = f"application/http; msgtype={_NAMES[int(kind)]}"
    record.headers[_PURPOSE] = request.purpose
    record.headers[_START] = request.start
    return record


def _member(record: WarcRecord, level: int) -> bytes:
    """The record as one gzip member, so that a reader can start at it."""
    buffer = BytesIO()
    writer = GzipWriter(buffer, compression_level=level)
    record.write(writer)
    writer.finish()
    return buffer.getvalue()


def _request_block(url: str, user_agent: str) -> bytes:
    authority, _, path = url.partition("://")[2].partition("/")
    lines = [f"GET /{path} HTTP/1.1", f"Host: {authority}", f"User-Agent: {user_agent}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _response_block(response: Response) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, '')}".rstrip()]
    lines += [f"{key}: {value}" for key, value in response.headers if key.lower() not in _NOT_KEPT]
    lines.append(f"Content-Length: {len(response.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + response.body
