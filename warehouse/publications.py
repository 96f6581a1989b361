"""What is published: the current file behind the symlink, earlier ones, and how they are read."""

import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from core.errors import PublishError
from core.home import Home
from warehouse.editions import Content

_log = logging.getLogger(__name__)

_SECOND = 1_000_000_000
# Read-only means all files. Without external access DuckDB still lets a statement read and write
# what is attached (`copy … to '<publication>.wal' (use_tmp_file false)`), so no file can be opened
# at all any more: what does not fit into memory is refused, not spilled.
_READS_NOTHING_ELSE = (
    "temp_directory = ''",
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "python_enable_replacements = false",
    "enable_external_access = false",
    "disabled_filesystems = 'LocalFileSystem'",
    "lock_configuration = true",
)

ROLLBACK = "rollback to "
"""With this begins the gate_result of a publication that shows older content again."""


def current(home: Home) -> Path | None:
    """The file of the current publication; None before the first.

    Raises:
        PublishError: the symlink names a file that is not there, or is none.
    """
    if not home.warehouse.is_symlink():
        if home.warehouse.exists():
            raise PublishError(
                f"{home.warehouse} is a file where a symlink to a publication belongs; "
                f"move it to {home.publications} and link to it."
            )
        return None
    target = (home.warehouse.parent / home.warehouse.readlink()).resolve()
    if not target.is_file():
        raise PublishError(
            f"{home.warehouse} names {target}, which is not there; restore that file from a "
            f"backup, or point the symlink at the last file in {home.publications}."
        )
    return target


def set_aside_log(publication: Path) -> Path | None:
    """Move a write-ahead log beside `publication` out of every reader's way; where it is now.

    A publication is complete without one: such a log is what somebody wrote into a published
    file, never validated, and DuckDB would show it to every reader.

    Raises:
        PublishError: there is one and this user may not move it.
    """
    log = publication.with_name(publication.name + ".wal")
    if not log.exists():
        return None
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
    aside = publication.parent / "set_aside" / f"{log.name}.{moment}"
    try:
        aside.parent.mkdir(exist_ok=True)
        log.replace(aside)
    except OSError as error:
        raise PublishError(
            f"{log} holds writes that no gate has seen, and {publication} is not read with it; "
            "have the owner of that folder move the .wal file away."
        ) from error
    _log.warning("%s held writes that no gate has seen; it was set aside as %s.", log, aside)
    return aside


def stamp(file: Path, published_at: datetime) -> None:
    """Give a file that nobody writes any more the time of its publication (naive UTC)."""
    moment = _nanoseconds(published_at)
    os.utime(file, ns=(moment, moment))


def was_altered(publication: Path, published_at: datetime) -> bool:
    """Whether somebody wrote into the file, or put another in its place, since `published_at`."""
    stamped, changed = _nanoseconds(published_at), publication.stat().st_mtime_ns
    is_coarse = changed % _SECOND == 0  # a file system or a backup that knows whole seconds
    return changed // _SECOND != stamped // _SECOND if is_coarse else changed != stamped


def _nanoseconds(moment: datetime) -> int:
    """Since 1970; whole milliseconds, as in the notes of publications."""
    return round(moment.replace(tzinfo=UTC).timestamp() * 1000) * 1_000_000


def require_kept(home: Home, publication_id: str | None = None) -> Path:
    """The file of a publication; of the current one by default.

    Raises:
        PublishError: nothing is published, or not this id, or its file was removed.
    """
    now = current(home)
    if now is None:
        raise PublishError(f"nothing is published in {home.root} yet; run 'make run' first.")
    if publication_id is None or publication_id == now.stem:
        return now
    rows = {row["publication_id"]: row for row in list_publications(home)}
    kept = ", ".join(sorted(id_ for id_, row in rows.items() if row["is_kept"]))
    if publication_id not in rows:
        raise PublishError(
            f"there is no publication '{publication_id}' in {home.publications}; there are: {kept}."
        )
    if not rows[publication_id]["is_kept"]:
        raise PublishError(
            f"the file of {publication_id} was removed from {home.publications} to save space "
            f"(retention.yml says what is kept); ask one that is still there: {kept}."
        )
    return home.publication(publication_id)


def open_read_only(
    home: Home, publication_id: str | None = None, *, catalog: str = "broadsheet"
) -> DuckDBPyConnection:
    """A connection that reads one publication as `catalog`; the current publication by default.

    The file is resolved once: later publications do not change what this connection sees. It can
    reach no other file, and no object of the Python around it.

    Raises:
        PublishError: nothing is published, or not this id, or its file was removed.
    """
    return _attached(require_kept(home, publication_id), catalog)


def _attached(path: Path, catalog: str = "broadsheet") -> DuckDBPyConnection:
    set_aside_log(path)
    connection = duckdb.connect()
    try:
        connection.execute(f"attach '{_escaped(path)}' as {catalog} (read_only)")
    except duckdb.IOException as error:
        connection.close()
        raise PublishError(
            f"{path} cannot be opened: {str(error).splitlines()[0]} "
            "A process that opened it for writing must be closed first."
        ) from error
    connection.execute(f"use {catalog}")
    _warn_if_altered(connection, path)
    for setting in _READS_NOTHING_ELSE:
        connection.execute(f"set {setting}")
    return connection


def _warn_if_altered(connection: DuckDBPyConnection, path: Path) -> None:
    own = connection.execute(
        "select published_at from meta.publication where publication_id = $1", [path.stem]
    ).fetchone()
    if own and was_altered(path, own[0]):
        _log.warning(
            "%s was written after it was published, and no gate has seen what it holds now; "
            "ask another publication, or run an edition: it builds all tables anew.",
            path,
        )


def list_publications(home: Home) -> list[dict[str, Any]]:
    """Every publication up to the current, newest first, with the columns of `meta.publication`.

    Three more: `kind`, edition or rollback; `is_current`; and `is_kept`, whether its file is still
    there. Empty before the first.
    """
    now = current(home)
    if now is None:
        return []
    connection = _attached(now)
    try:
        cursor = connection.execute("from meta.publication order by publication_id desc")
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    finally:
        connection.close()
    return [
        {
            **row,
            "kind": "rollback" if row["gate_result"].startswith(ROLLBACK) else "edition",
            "is_current": row["publication_id"] == now.stem,
            "is_kept": home.publication(row["publication_id"]).is_file(),
        }
        for row in rows
    ]


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")


def loaded_contents(home: Home, publication_id: str | None = None) -> list[Content]:
    """The contents of the editions in a publication; in the current one by default.

    Raises:
        PublishError: nothing is published, or not this id, or its file was removed.
    """
    with open_read_only(home, publication_id) as connection:
        rows = connection.execute(
            "select edition, collect_id, content_hash from meta.edition order by edition"
        ).fetchall()
    return [Content(*row) for row in rows]
