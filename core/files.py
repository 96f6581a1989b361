"""Files that are either whole or absent: written beside their name, fsynced, renamed."""

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import HomeError

_PART_BYTES = 1 << 26
_BLOCK_BYTES = 1 << 20
_CUT_SHORT = "Invalid thrift: transport error"  # Polars, of a disk that filled up as it wrote
_NO_ROOM = (
    *(os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)),
    "database or disk is full",  # SQLite, of a full disk
    "disk I/O error",  # SQLite, of a disk that refuses a write
)


def fsync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path; on a clean exit it is fsynced and renamed to `path`.

    An exception leaves `path` as it was and removes the temporary file. A full or read-only
    disk becomes a HomeError that says so.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        fsync_folder(path.parent)
    except Exception as error:
        if not isinstance(error, OSError) and _CUT_SHORT not in str(error):
            raise
        reason = getattr(error, "strerror", None) or error
        raise HomeError(
            f"{path} could not be written: {reason}; free or grant space there, "
            "then run the edition again (nothing already archived or published was touched)."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def disk_told(folder: Path) -> Iterator[None]:
    """Turn a full or read-only disk, whichever library met it, into a HomeError about `folder`.

    A file in `folder` that may not be written is told by its own path.
    """
    try:
        yield
    except HomeError:
        raise
    except Exception as error:
        path, reason = folder, next((why for why in _NO_ROOM if why in str(error)), None)
        if isinstance(error, PermissionError) and _is_within(error.filename, folder):
            path, reason = Path(error.filename), error.strerror
        if reason is None:
            raise
        raise HomeError(
            f"{path} could not be written: {reason}; free or grant space there, then run the "
            "edition again (nothing already archived or published was touched)."
        ) from error


def _is_within(path: str | bytes | int | None, folder: Path) -> bool:
    return isinstance(path, str) and Path(path).is_relative_to(folder)


@contextmanager
def writing_told(path: Path, advice: str) -> Iterator[None]:
    """Turn a refusal to write `path`, which a person named, into a HomeError with that advice."""
    try:
        yield
    except (HomeError, OSError) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        reason = getattr(cause, "strerror", None) or cause or error
        raise HomeError(f"{path} cannot be written: {reason}; {advice}.") from error


def write_bytes(path: Path, content: bytes) -> None:
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def write_json(path: Path, value: object) -> None:
    """Write `value` as readable, key-sorted UTF-8 JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str)
    write_bytes(path, text.encode() + b"\n")


def read_json(path: Path) -> Any:
    return json.loads(path.read_bytes())


def file_sha256(path: Path) -> str:
    """SHA-256 over the SHA-256 digests of each 64 MiB of the file, which two threads compute."""
    with ThreadPoolExecutor(2) as pool:
        digests = pool.map(lambda start: _part_sha256(path, start), _parts(path))
        return hashlib.sha256(b"".join(digests)).hexdigest()


def _parts(path: Path) -> range:
    return range(0, path.stat().st_size, _PART_BYTES)


def _part_sha256(path: Path, start: int) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        for _ in range(0, _PART_BYTES, _BLOCK_BYTES):
            digest.update(file.read(_BLOCK_BYTES))
    return digest.digest()


@contextmanager
def exclusive_lock(path: Path, *, refuse: Callable[[], Exception] | None = None) -> Iterator[None]:
    """Hold the flock of `path`; the kernel frees it when the process dies, however it dies.

    Waits for the lock, or raises `refuse()` at once when `refuse` is given and it is taken.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if refuse else 0))
        except BlockingIOError as error:
            if refuse is None:
                raise
            raise refuse() from error
        yield
