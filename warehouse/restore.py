"""Restores a home from a backup folder: every checksum is proved before any of it is in place.

Files are written to `.restoring/` within the home and moved out of it folder by folder, the symlink
to the current publication last. A restore that was cut short is begun anew by the same command.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path, PurePosixPath

from core.errors import BackupError
from core.files import fsync_folder
from core.home import Home
from warehouse.backup_store import Entry, Manifest, Store, opened
from warehouse.swap import swap

_STAGING = ".restoring"
_LINKED = {"landing", "sealed"}
"""Files in these are replaced, never rewritten: equal ones may be one file."""


def restore(folder: Path, home: Home, name: str | None = None) -> Manifest:
    """Make `home` what it was in the backup `name` of `folder`, the newest by default.

    Raises:
        BackupError: the home is not empty, there is no such backup, or a file of it is damaged or
            missing; the home is then as it was.
    """
    _require_empty(home)
    with opened(folder) as store:
        names = store.names()
        if not names:
            raise BackupError(f"{folder} holds no whole backup yet; nothing was restored.")
        manifest = store.read(name or names[-1])
        staging = home.root / _STAGING
        try:
            _clear(home)
            staging.mkdir(parents=True)
            _write_all(store, manifest, staging)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        for path in sorted(staging.iterdir()):
            path.rename(home.root / path.name)
        fsync_folder(home.root)
        if manifest.current:
            swap(home, home.root / manifest.current)
        staging.rmdir()
    return manifest


def _require_empty(home: Home) -> None:
    if not home.root.exists() or (home.root / _STAGING).is_dir():
        return
    if not home.root.is_dir() or any(home.root.iterdir()):
        raise BackupError(
            f"{home.root} is not empty, and a restore replaces nothing; name an empty folder with "
            "--into, or move what is there away."
        )


def _clear(home: Home) -> None:
    """Remove what a restore that was cut short left; the home holds nothing else."""
    home.root.mkdir(parents=True, exist_ok=True)
    others = [path for path in home.root.iterdir() if path.name != _STAGING]
    for path in [*others, home.root / _STAGING]:  # the mark that it is ours last
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            with suppress(FileNotFoundError):
                path.unlink()


def _write_all(store: Store, manifest: Manifest, staging: Path) -> None:
    written: dict[tuple[str, int, int], Path] = {}
    for entry in manifest.entries:
        path = _place(store, entry, staging)
        path.parent.mkdir(parents=True, exist_ok=True)
        key = entry.sha256, entry.mode, entry.mtime_ns  # links have one mode and one time
        is_linked = PurePosixPath(entry.path).parts[0] in _LINKED
        if is_linked and key in written:
            with suppress(OSError):  # a file system without hard links
                os.link(written[key], path)
                continue
        _write(store, entry, path)
        if is_linked:
            written[key] = path


def _place(store: Store, entry: Entry, staging: Path) -> Path:
    path = PurePosixPath(entry.path)
    if path.is_absolute() or ".." in path.parts:
        raise BackupError(f"the backup {store.root} names the file {path}, outside of any home.")
    return staging / path


def _write(store: Store, entry: Entry, path: Path) -> None:
    with path.open("wb") as file:
        for block in store.checked(entry):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(entry.mode)
    os.utime(path, ns=(entry.mtime_ns, entry.mtime_ns))
