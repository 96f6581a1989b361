"""The archive of one source in one look: WARC records, and a ledger of what left no response.

`<source>.warc.gz` holds every response after its request; `<source>.ledger.jsonl` every request
that got none, after a first line that says what the look began with. While the look goes on both
have temporary names; the ledger gets its own last, and its presence means that the source is never
fetched again in this look but replayed. What a killed look wrote is taken up by the next.
"""

import json
import logging
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecordType

from core.errors import HomeError
from core.files import fsync_folder
from ingest import erase, warc
from ingest.exchange import Exchange, Failure, Request, Response
from ingest.warc import read_response

LOGGER = logging.getLogger(__name__)
MAX_FILE_BYTES = 1_000_000_000
INTERRUPTED = {"interrupted": True}
_SIZES = "bytes"  # the last line of a whole ledger: the size of each WARC file
Key = tuple[str, str, str]  # purpose, start, url of a request


@dataclass(frozen=True)
class ArchiveFiles:
    """The paths of one source's archive in one look."""

    folder: Path
    source_id: str

    @property
    def ledger(self) -> Path:
        return self.folder / f"{self.source_id}.ledger.jsonl"

    def warc(self, number: int) -> Path:
        return self.folder / f"{self.source_id}{f'.{number:03}' if number else ''}.warc.gz"

    def warcs(self) -> list[Path]:
        """The files of a complete archive, by their final names."""
        return _numbered(self.warc) if self.is_complete() else []

    def unfinished(self) -> list[Path]:
        """The files of a look that goes on or was killed, under whichever name they have."""
        return _numbered(self._either)

    def _either(self, number: int) -> Path:
        path = temporary(self.warc(number))
        return path if path.exists() else self.warc(number)

    def is_complete(self) -> bool:
        return self.ledger.exists()

    def is_unfinished(self) -> bool:
        return not self.is_complete() and temporary(self.ledger).exists()


def _numbered(name: Callable[[int], Path]) -> list[Path]:
    """The existing files of a series without gaps."""
    found: list[Path] = []
    while (path := name(len(found))).exists():
        found.append(path)
    return found


def temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.tmp")


@dataclass
class ArchiveWriter:
    """Writes the archive of one source; use it through `writing`.

    Of the articles whose URLs were `taken_down` no feed's words are kept.
    """

    files: ArchiveFiles
    user_agent: str
    taken_down: Collection[str] = ()
    _volumes: int = 0
    _name: str = ""
    _file: BinaryIO | None = None
    _size: int = 0
    _ledger: BinaryIO = field(init=False)

    def open(self) -> None:
        """Begin, or go on where a killed writer stopped: its whole records are kept."""
        with self._told():
            self.files.folder.mkdir(parents=True, exist_ok=True)
            for number, done in enumerate(self.files.unfinished()):
                os.truncate(done, warc.whole_members(done))
                self._volumes = number + 1
            path = temporary(self.files.ledger)
            if path.exists():
                os.truncate(path, path.read_bytes().rfind(b"\n") + 1)
            self._ledger = path.open("ab")

    def response(self, request: Request, response: Response) -> Response:
        """Archive a response; return it with its place in the archive.

        Raises:
            HomeError: the disk refused the record.
        """
        if self.taken_down and request.purpose in erase.LISTS:
            response = erase.without_items(response, self.taken_down)
        asked, answered = warc.exchanged(request, response, self.user_agent)
        with self._told():
            file = self._room_for(len(asked) + len(answered), response.at)
            offset = self._size + len(asked)
            file.write(asked + answered)
            file.flush()  # what the kernel has outlives a killed process
            self._size = offset + len(answered)
        return replace(response, file=self._name, offset=offset)

    def failure(self, request: Request, failure: Failure) -> None:
        self.note(
            {
                "at": failure.at.isoformat(),
                "is_passing": failure.is_passing,
                "purpose": request.purpose,
                "reason": failure.reason,
                "start": request.start,
                "status": failure.status,
                "url": request.url,
            }
        )

    def note(self, entry: dict[str, Any]) -> None:
        """Write a line of the ledger; what is no failed request is a note on the whole look."""
        with self._told():
            line = json.dumps(entry, ensure_ascii=False, sort_keys=True)
            self._ledger.write(line.encode("utf-8", "replace") + b"\n")
            self._ledger.flush()

    def _room_for(self, size: int, at: datetime) -> BinaryIO:
        if self._file is None or self._size + size > MAX_FILE_BYTES:
            self._close_file()
            path = self.files.warc(self._volumes)
            self._file, self._name = temporary(path).open("wb"), path.name
            self._volumes += 1
            head = warc.information(self.user_agent, at)
            self._file.write(head)
            self._size = len(head)
        return self._file

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None

    def finish(self) -> None:
        """Make the archive whole: WARC files first, the ledger that completes it last."""
        with self._told():
            self._close_file()
            paths = self.files.unfinished()
            sizes = {self.files.warc(at).name: path.stat().st_size for at, path in enumerate(paths)}
            self.note({_SIZES: sizes})
            os.fsync(self._ledger.fileno())
            for number in range(self._volumes):
                path = self.files.warc(number)
                if temporary(path).exists():  # else renamed before a kill
                    temporary(path).replace(path)
            fsync_folder(self.files.folder)
            temporary(self.files.ledger).replace(self.files.ledger)
            fsync_folder(self.files.folder)

    def close(self) -> None:
        """Let go of the files; what is unfinished stays for whoever takes the look up again."""
        with self._told():
            self._ledger.close()
            if self._file is not None:
                self._file.close()
                self._file = None

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise HomeError(
                f"{self.files.folder} could not be written: {error.strerror or error}; free or "
                "grant space there, then run the edition again."
            ) from error


@contextmanager
def writing(
    files: ArchiveFiles, user_agent: str, taken_down: Collection[str] = ()
) -> Iterator[ArchiveWriter]:
    """An archive that is whole on a clean exit and can be taken up again after anything else."""
    writer = ArchiveWriter(files, user_agent, taken_down)
    writer.open()
    try:
        yield writer
    except BaseException:
        try:
            writer.close()
        except HomeError as error:  # the disk that stopped the look refuses the rest of it too
            LOGGER.warning("%s", error)
        raise
    writer.finish()
    writer.close()


def adopt(files: ArchiveFiles, user_agent: str) -> None:
    """Complete the archive of a look that was killed, with what it got."""
    with writing(files, user_agent) as writer:
        writer.note(INTERRUPTED)


class ArchiveReader:
    """Answers requests from an archive, each with what it was answered last.

    `notes` is what the look wrote down about itself. An unfinished archive is read as far as it
    is whole.
    """

    def __init__(self, files: ArchiveFiles) -> None:
        self._files = files
        self._places: dict[Key, tuple[datetime, str, int]] = {}
        self._failures: dict[Key, Failure] = {}
        self.notes: dict[str, Any] = {}
        try:
            self._read_all(files)
        except (OSError, ValueError, KeyError) as error:
            raise HomeError(
                f"the archive of {files.source_id} in {files.folder} is damaged "
                f"({type(error).__name__}: {error}); bring it back from a backup, then run the "
                "edition again. What is published stays."
            ) from error

    def _read_all(self, files: ArchiveFiles) -> None:
        is_complete = files.is_complete()
        ledger = files.ledger if is_complete else temporary(files.ledger)
        paths = files.warcs() if is_complete else files.unfinished()
        for line in ledger.read_bytes().split(b"\n") if ledger.exists() else ():
            if line:
                self._take(json.loads(line))
        if is_complete:
            sizes = {path.name: path.stat().st_size for path in paths}
            if sizes != self.notes.get(_SIZES):
                raise ValueError(f"its files are not those that the ledger names: {sizes}")
        for path in paths:
            self._index(path)

    def answer(self, request: Request) -> Exchange | None:
        """What came of `request`; None where it was never made."""
        key = (request.purpose, request.start, request.url)
        failure, place = self._failures.get(key), self._places.get(key)
        if failure and (place is None or failure.at >= place[0]):
            return failure
        return self._read(place) if place else None

    def imports(self, start: str) -> Iterator[Exchange]:
        """Everything that was imported from the entry point `start`."""
        for key, place in self._places.items():
            if key[:2] == ("import", start):
                yield self._read(place)
        for key, failure in self._failures.items():
            if key[:2] == ("import", start):
                yield failure

    def _read(self, place: tuple[datetime, str, int]) -> Response:
        _, name, offset = place
        final = name.removeprefix(".").removesuffix(".tmp")
        return replace(read_response(self._files.folder, name, offset), file=final)

    def _index(self, path: Path) -> None:
        with path.open("rb") as file:
            for record in ArchiveIterator(
                file, record_types=WarcRecordType.response, parse_http=False
            ):
                headers = record.headers
                key = (headers[warc.PURPOSE], headers[warc.START], headers["WARC-Target-URI"])
                at = record.record_date.replace(tzinfo=None)
                self._places[key] = (at, path.name, record.stream_pos)

    def _take(self, entry: dict[str, Any]) -> None:
        if "purpose" not in entry:
            self.notes.update(entry)
            return
        key = (entry["purpose"], entry["start"], entry["url"])
        at = datetime.fromisoformat(entry["at"])
        self._failures[key] = Failure(
            entry["url"], at, entry["status"], entry["reason"], entry.get("is_passing", False)
        )
