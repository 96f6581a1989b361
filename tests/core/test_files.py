"""Files are whole or absent; locks are freed by the kernel."""

import errno
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import HomeError
from core.files import (
    disk_told,
    exclusive_lock,
    file_sha256,
    read_json,
    whole_file,
    write_json,
)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"b": 1})

    def interrupted() -> None:
        with whole_file(path) as temporary:
            temporary.write_text("half")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 (nothing of ours to match)
        interrupted()
    assert read_json(path) == {"b": 1}
    assert [one.name for one in tmp_path.iterdir()] == ["a.json"]


def test_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    """A file-size limit stands in for a full disk: the write fails in the middle."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, old[1]))
    try:
        with pytest.raises(HomeError, match=r"b\.json could not be written: File too large; free"):
            write_json(tmp_path / "b.json", "x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, ignored)
    assert list(tmp_path.iterdir()) == []


def test_a_lock_is_refused_and_freed_by_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    code = (
        f"import fcntl, time; f = open({str(path)!r}, 'a'); fcntl.flock(f, fcntl.LOCK_EX); "
        "print(1, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with (
            pytest.raises(HomeError, match="taken"),
            exclusive_lock(path, refuse=lambda: HomeError("taken")),
        ):
            pass
        os.kill(holder.pid, signal.SIGKILL)
    with exclusive_lock(path, refuse=lambda: HomeError("taken")):
        pass


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        RuntimeError("parquet: underlying IO error: No space left on device (os error 28)"),
        OSError(errno.EROFS, "Read-only file system"),
        sqlite3.OperationalError("disk I/O error"),
    ],
)
def test_a_full_disk_is_told_whichever_library_met_it(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(HomeError, match="free or grant space there"), disk_told(tmp_path):
        raise error


def test_a_parquet_file_cut_short_by_a_full_disk_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    error = RuntimeError("parquet: File out of specification: Invalid thrift: transport error")
    with pytest.raises(HomeError, match=r"a\.parquet could not be written"), whole_file(path):
        raise error
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_room_is_told(tmp_path: Path) -> None:
    """A limit of pages stands in for a full disk."""
    with sqlite3.connect(tmp_path / "a.sqlite") as database:
        database.execute("pragma max_page_count = 2")
        database.execute("create table a (b text)")
        with pytest.raises(HomeError, match="database or disk is full; free"), disk_told(tmp_path):
            database.execute("insert into a values (?)", ["x" * 100_000])
    database.close()


def test_a_file_of_the_home_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "quality" / "verdicts")
    with pytest.raises(HomeError, match=f"{path} could not be"), disk_told(tmp_path):
        raise PermissionError(errno.EACCES, "Permission denied", path)


@pytest.mark.parametrize(
    "error", [KeyError("column"), PermissionError(errno.EACCES, "Permission denied", "/elsewhere")]
)
def test_another_error_is_left_as_it_is(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)), disk_told(tmp_path):
        raise error


@pytest.mark.parametrize("position", [0, (1 << 26) - 1, 1 << 26, (1 << 26) + 5])
def test_a_changed_byte_changes_the_hash_of_a_file_of_several_parts(
    tmp_path: Path, position: int
) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate((1 << 26) + 6)
    before = file_sha256(path)
    assert file_sha256(path) == before
    with path.open("r+b") as file:
        file.seek(position)
        file.write(b"x")
    assert file_sha256(path) != before


def test_the_hash_tells_lengths_apart(tmp_path: Path) -> None:
    hashes = set()
    for length in (0, 1, 1 << 20, 1 << 26, (1 << 26) + 1):
        path = tmp_path / str(length)
        with path.open("wb") as file:
            file.truncate(length)
        hashes.add(file_sha256(path))
    assert len(hashes) == 5
