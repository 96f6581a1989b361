"""A backup folder: every content once under its SHA-256, and a manifest for each backup made.

`objects/<2 hex>/<sha256>` holds the bytes of files; `manifests/<moment>.jsonl` says which files a
backup has. A manifest is written last and whole, so a backup that was cut short is none, and the
ones before it stand. Contents that no manifest names are removed.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from core.errors import BackupError
from core.files import exclusive_lock, fsync_folder

_FORMAT = 1
_BLOCK_BYTES = 1 << 20
_MOMENT = "%Y%m%dT%H%M%S.%f"


@dataclass(frozen=True)
class Entry:
    """One file of a backup: where it lay under the home, and how it was; sizes in bytes."""

    path: str
    sha256: str
    size: int
    mtime_ns: int
    inode: int
    mode: int


@dataclass(frozen=True)
class Manifest:
    """One backup: its `name`, the path of the publication that was current (or none), its files."""

    name: str
    current: str | None
    entries: tuple[Entry, ...]


class Store:
    """The folder `root`; `opened` checks that it is one of ours and holds its lock."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def _objects(self) -> Path:
        return self.root / "objects"

    def object(self, sha256: str) -> Path:
        return self._objects / sha256[:2] / sha256

    def _manifest(self, name: str) -> Path:
        return self.root / "manifests" / f"{name}.jsonl"

    def names(self) -> list[str]:
        """The backups that are there, the newest last."""
        return sorted(path.stem for path in (self.root / "manifests").glob("[0-9]*.jsonl"))

    def next_name(self) -> str:
        """Now, in UTC; later than every backup that is there, whatever the clock says."""
        now = datetime.now(UTC).replace(tzinfo=None)
        for last in self.names()[-1:]:
            now = max(now, datetime.strptime(last, _MOMENT) + timedelta(microseconds=1))  # noqa: DTZ007
        return now.strftime(_MOMENT)

    def read(self, name: str) -> Manifest:
        """One backup.

        Raises:
            BackupError: it is not there, or its manifest is damaged.
        """
        path = self._manifest(name)
        if not path.is_file():
            there = ", ".join(self.names()) or "none"
            raise BackupError(f"{self.root} has no backup '{name}'; there are: {there}.")
        try:
            return _parsed(name, path.read_bytes().splitlines(keepends=True))
        except (ValueError, KeyError, TypeError) as error:
            raise BackupError(
                f"{path} is damaged; name another backup of {self.root}, or make a new one."
            ) from error

    def write(self, manifest: Manifest) -> None:
        """Make `manifest` a backup, or the new wording of one; its contents are there already."""
        head = {"format": _FORMAT, "current": manifest.current}
        rows = [head, *(asdict(one) for one in manifest.entries)]
        lines = [json.dumps(row, sort_keys=True).encode() + b"\n" for row in rows]
        lines.append(_seal(lines))
        with self.put(self._manifest(manifest.name)) as file:
            file.writelines(lines)

    def add(self, file: BinaryIO) -> tuple[str, int, bool]:
        """Keep the content of an open file; its SHA-256, its size, and whether it is new here."""
        digest, size = hashlib.sha256(), 0
        spare = self.root / f".{os.getpid()}.object"
        with self.put(spare) as copy:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
                copy.write(block)
                size += len(block)
        target = self.object(digest.hexdigest())
        is_new = not target.exists() or target.stat().st_size != size
        if is_new:
            target.parent.mkdir(parents=True, exist_ok=True)
            spare.replace(target)
            fsync_folder(target.parent)
        else:
            spare.unlink()
        return digest.hexdigest(), size, is_new

    @contextmanager
    def put(self, path: Path) -> Iterator[BinaryIO]:
        """A file that appears whole at `path`."""
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            fsync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)

    def checked(self, entry: Entry) -> Iterator[bytes]:
        """The content of a file, block by block.

        Raises:
            BackupError: after the last block at the latest: it is missing or damaged.
        """
        digest = hashlib.sha256()
        try:
            with self.object(entry.sha256).open("rb") as file:
                while block := file.read(_BLOCK_BYTES):
                    digest.update(block)
                    yield block
        except OSError as error:
            raise self._damaged(entry, str(error.strerror)) from error
        if digest.hexdigest() != entry.sha256:
            raise self._damaged(entry, "other bytes than were written")

    def _damaged(self, entry: Entry, what: str) -> BackupError:
        return BackupError(
            f"{entry.path} is damaged in the backup {self.root} ({self.object(entry.sha256)}: "
            f"{what}); 'broadsheet backup {self.root} --verify' tells every damaged file, and the "
            "next backup copies them anew."
        )

    def prune(self, keep: int | None = None) -> int:
        """Remove all but the `keep` newest backups, and what none needs; returns freed bytes."""
        if keep is not None:
            for name in self.names()[:-keep]:
                self._manifest(name).unlink()
        needed = {one.sha256 for name in self.names() for one in self.read(name).entries}
        freed = 0
        for path in self._objects.glob("??/*"):
            if path.name not in needed:
                freed += path.stat().st_size
                path.unlink()
        return freed


def _parsed(name: str, lines: list[bytes]) -> Manifest:
    """A manifest from its lines: a head, a line for each file, a checksum of all these.

    Raises:
        ValueError, KeyError, TypeError: they are not what `Store.write` wrote.
    """
    *told, last = lines
    head, *rows = map(json.loads, told)
    if last != _seal(told) or head["format"] != _FORMAT:
        raise ValueError(name)
    return Manifest(name, head["current"], tuple(Entry(**row) for row in rows))


def _seal(lines: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    return json.dumps({"sha256": digest}).encode() + b"\n"


@contextmanager
def opened(folder: Path, *, is_new: bool = False) -> Iterator[Store]:
    """The backup folder, which nobody else writes meanwhile; made if `is_new` allows it.

    Raises:
        BackupError: it is no backup folder, another process uses it, or the disk refused.
    """
    store = Store(folder.resolve())
    is_ours = (folder / "backup.lock").exists()
    is_empty = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if not is_ours and not (is_new and is_empty):
        what = "is not empty and holds" if is_new else "holds"
        raise BackupError(f"{folder} {what} no backup of Broadsheet; name another folder.")
    try:
        with exclusive_lock(folder / "backup.lock", refuse=lambda: _busy(folder)):
            yield store
    except OSError as error:
        raise BackupError(
            f"{error.filename or folder} could not be read or written: "
            f"{error.strerror or error}; free or grant space there, then give the command again "
            "(backups made before stand)."
        ) from error


def _busy(folder: Path) -> BackupError:
    return BackupError(f"another process uses the backup {folder}; wait until it has ended.")


def verify(store: Store, tell: Callable[[str], Any]) -> tuple[int, int]:
    """Read every content of every backup; returns how many files and bytes they are.

    A damaged content is set aside (`….damaged`), so that the next backup copies it anew.

    Raises:
        BackupError: some are damaged or missing: the first is named, `tell` is called for each.
    """
    entries = {one.sha256: one for name in store.names() for one in store.read(name).entries}
    damaged: list[BackupError] = []
    for entry in sorted(entries.values(), key=lambda one: PurePosixPath(one.path)):
        try:
            for _ in store.checked(entry):
                pass
        except BackupError as error:
            damaged.append(error)
            tell(entry.path)
            path = store.object(entry.sha256)
            if path.exists():
                path.rename(path.with_name(f"{path.name}.damaged"))
    if damaged:
        raise BackupError(
            f"{len(damaged)} of {len(entries)} files are damaged or missing. "
            f"The first: {damaged[0]}"
        )
    return len(entries), sum(one.size for one in entries.values())
