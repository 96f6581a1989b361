"""Opens DuckDB for writing: one writer, bounded memory, errors that a person can read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from core.errors import HomeError
from core.files import exclusive_lock
from core.home import Home

MEMORY_LIMIT = "1200MB"
THREADS = 2


@contextmanager
def writer_lock(home: Home) -> Iterator[None]:
    """Be the only process that writes a candidate or a publication; waits its turn."""
    with exclusive_lock(home.require_writable().writer_lock):
        yield


@contextmanager
def open_for_writing(path: Path, temporary: Path) -> Iterator[DuckDBPyConnection]:
    """A connection to the database file `path` (made if missing), closed at the end.

    `temporary` is the folder for what does not fit into memory.
    """
    with disk_errors(path):
        connection = duckdb.connect(
            str(path),
            config={
                "memory_limit": MEMORY_LIMIT,
                "threads": THREADS,
                "preserve_insertion_order": False,
                "temp_directory": str(temporary),
                "autoinstall_known_extensions": False,
            },
        )
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    """Commit all or nothing; one commit is also much faster than one a statement."""
    connection.execute("begin")
    yield
    connection.execute("commit")


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full, read-only or locked file at `path` into a HomeError."""
    try:
        yield
    except (duckdb.IOException, duckdb.FatalException, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        if "Could not set lock" in reason:
            what = "is open in another process; close that one"
        else:
            what = f"could not be written ({reason}); free or grant space there"
        raise HomeError(
            f"{path} {what}, then run the edition again (what is published was not touched)."
        ) from error


def remove_database(path: Path) -> None:
    """Remove a database file with its write-ahead log, the log first."""
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    path.unlink(missing_ok=True)
