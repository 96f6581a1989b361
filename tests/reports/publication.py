"""A publication that holds no more than which editions are in it."""

from datetime import date
from pathlib import Path

import duckdb

from core.home import Home
from warehouse.schema import EDITION, ensure_tables


def publish_nothing_but(home: Home, publication_id: str, *editions: date) -> Path:
    """Write it and point the symlink at it; returns the file."""
    path = home.publication(publication_id)
    path.parent.mkdir(exist_ok=True)
    with duckdb.connect(path) as connection:
        ensure_tables(connection, publication_id)
        for edition in editions:
            connection.execute(
                f"insert into {EDITION.qualified} values (?, 'c', 'hash', 'run')", [edition]
            )
    path.chmod(0o444)
    home.warehouse.unlink(missing_ok=True)
    home.warehouse.symlink_to(path.relative_to(home.root))
    return path
