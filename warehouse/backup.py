"""Backs a home up: what cannot be computed again, and the publications, into a backup folder.

No lock is held, and the daily run goes on meanwhile. What refers to other files is listed before
them: publications before the seals they were made of, seals and closed editions before landings,
landings before archives. Whoever writes goes the other way, so all that a listed file needs is
there. A run under way is backed up as a kill would leave it, and is run again after a restore.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.config import config_folder
from core.errors import BackupError
from core.home import Home
from warehouse.backup_store import Entry, Manifest, Store, opened
from warehouse.publications import current

FOLDERS = (
    "publications", "reports", "decisions", "quality", "alerts", "sealed", "landing", "state",
    "archive", "kb",
)  # fmt: skip
CONFIG = "config"
_FIRST = {"order.json", "closed.json"}
"""Each says which of the files beside it are whole, so it is read before them."""


@dataclass(frozen=True)
class Made:
    """What a backup came to: files and bytes in it, and how much of that had to be copied."""

    name: str
    files: int
    size: int
    copied: int
    copied_size: int


def back_up(home: Home, folder: Path, *, keep: int) -> Made:
    """Back `home` up to `folder` and leave there the `keep` newest backups.

    A file that has the size, time and inode that it had in the last backup is not read again.

    Raises:
        BackupError: `folder` is in the home or is no backup folder, or a disk refused.
        PublishError: the symlink to the current publication leads nowhere.
    """
    if folder.resolve().is_relative_to(home.root.resolve()):
        raise BackupError(f"{folder} lies within {home.root}, which it is to save; name another.")
    if not home.root.is_dir():
        raise BackupError(f"there is nothing to back up: {home.root} does not exist.")
    with opened(folder, is_new=True) as store:
        now = current(home)
        last = {one.path: one for name in store.names()[-1:] for one in store.read(name).entries}
        entries: list[Entry] = []
        copied = copied_size = 0
        for path, file in _files(home):
            entry, is_new = _kept(store, path, file, last.get(path))
            if entry is None:
                if file == now:
                    raise BackupError(f"{file} was removed while it was copied; try again.")
                continue
            entries.append(entry)
            copied += is_new
            copied_size += entry.size * is_new
        told = f"publications/{now.name}" if now else None
        manifest = Manifest(store.next_name(), told, tuple(entries))
        store.write(manifest)
        store.prune(keep)
    size = sum(one.size for one in entries)
    return Made(manifest.name, len(entries), size, copied, copied_size)


def _files(home: Home) -> Iterator[tuple[str, Path]]:
    """The files to keep, with their paths in the backup; what refers before what is referred to."""
    for name in FOLDERS:
        listed = [path for path in (home.root / name).rglob("*") if _is_kept(home, path)]
        for path in sorted(listed, key=lambda one: (one.name not in _FIRST, one)):
            yield path.relative_to(home.root).as_posix(), path
    for path in sorted(config_folder().glob("*.yml")):
        yield f"{CONFIG}/{path.name}", path


def _is_kept(home: Home, path: Path) -> bool:
    """Whether it is a whole file: none that is still being written, no log beside a publication."""
    parts = path.relative_to(home.root).parts
    if any(part.startswith(".") for part in parts) or not path.is_file() or path.is_symlink():
        return False
    return parts[0] != "publications" or (len(parts) == 2 and path.suffix == ".duckdb")


def _kept(store: Store, path: str, file: Path, last: Entry | None) -> tuple[Entry | None, bool]:
    """The file's entry, and whether its content had to be copied; None if it is gone meanwhile."""
    try:
        with file.open("rb") as opened_file:
            stat = os.fstat(opened_file.fileno())
            marks = {"mtime_ns": stat.st_mtime_ns, "inode": stat.st_ino}
            if last and _is_same(store, last, stat):
                return Entry(
                    path, last.sha256, last.size, mode=stat.st_mode & 0o777, **marks
                ), False
            sha256, size, is_new = store.add(opened_file)
            return Entry(path, sha256, size, mode=stat.st_mode & 0o777, **marks), is_new
    except FileNotFoundError:
        if file.exists():  # it is the backup folder that is gone
            raise
        return None, False


def _is_same(store: Store, last: Entry, stat: os.stat_result) -> bool:
    marks = last.size, last.mtime_ns, last.inode
    kept = store.object(last.sha256)
    return marks == (stat.st_size, stat.st_mtime_ns, stat.st_ino) and (
        kept.exists() and kept.stat().st_size == last.size
    )
