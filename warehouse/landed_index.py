"""Which edition landed what: the candidate knows, so that a run opens only the files it needs.

The index is a function of the editions in the candidate. What a run touches, and which editions
hold rows of it, is looked up here; files of editions that hold none of it stay closed.
"""

from collections.abc import Iterable

import polars as pl
from duckdb import DuckDBPyConnection

from core.home import Home
from warehouse.editions import Content, Edition, sealed_folder

_FILES = pl.Schema({"path": pl.String, "edition": pl.Date, "collect_id": pl.String})
# Table of `meta` → its columns but the edition, and the landed tables they come from.
_INDEX: dict[str, tuple[str, dict[str, str]]] = {
    "landed_article": (
        "article_id",
        dict.fromkeys(("article", "article_url", "removal"), "article_id"),
    ),
    "landed_link": (
        "article_id, other_article_id",
        {
            "near_duplicate": "article_id_a, article_id_b",
            "story_link": "article_id, earlier_article_id",
        },
    ),
    "landed_entity": ("entity_id", {"kb_entity": "entity_id"}),
}


def landed_files(home: Home, contents: Iterable[Content], table: str) -> pl.DataFrame:
    """The sealed files of a landed table of these contents: path, edition, collect_id."""
    rows = [
        (str(file), content.edition, content.collect_id)
        for content in contents
        for file in sorted((sealed_folder(home, content) / table).glob("*.parquet"))
    ]
    return pl.DataFrame(rows, schema=_FILES, orient="row")


def index_landed(connection: DuckDBPyConnection, home: Home, editions: list[Edition]) -> None:
    """Make `candidate.meta.landed_*`, as the base has them, those of `editions`.

    What new, changed and withdrawn editions held before and hold now is left in temporary tables
    with the same columns, `moved_landed_*`.
    """
    known = {edition for (edition,) in connection.execute(_KNOWN).fetchall()}
    older = [one.before for one in editions if one.before and one.edition not in known]
    _insert(connection, home, older)  # a base from before there was an index
    moved = [one.edition for one in editions if one.state != "kept"]
    now = [one.now for one in editions if one.now and one.state != "kept"]
    inside = "where edition in (select unnest($1::date[]))"
    for table in _INDEX:
        rows = f"from candidate.meta.{table} {inside}"
        connection.execute(f"create temp table moved_{table} as {rows}", [moved])
        connection.execute(f"delete {rows}", [moved])
    _insert(connection, home, now, "moved_{}")


_KNOWN = "select distinct edition from candidate.meta.landed_article"


def drop_moved(connection: DuckDBPyConnection) -> None:
    """Drop what `index_landed` left."""
    for table in _INDEX:
        connection.execute(f"drop table moved_{table}")


def _insert(
    connection: DuckDBPyConnection, home: Home, contents: list[Content], copy: str = ""
) -> None:
    """Index the contents; what was added is added to the tables named by `copy` too."""
    for table, (columns, origins) in _INDEX.items():
        connection.execute(f"create temp table row as from candidate.meta.{table} limit 0")
        for landed, taken in origins.items():
            files = landed_files(home, contents, landed)
            if files.is_empty():
                continue
            connection.register("landed_file", files)
            connection.execute(
                f"insert into row (edition, {columns}) select landed_file.edition, {taken}"
                " from read_parquet($1, filename = true) as landed"
                " join landed_file on landed_file.path = landed.filename",
                [files["path"].to_list()],
            )
            connection.unregister("landed_file")
        # Not ordered: after an ordered insert of no rows DuckDB 1.5 hides what a large one of the
        # same transaction adds, until the file is opened again.
        connection.execute(f"insert into candidate.meta.{table} select distinct * from row")
        if copy:
            connection.execute(f"insert into {copy.format(table)} select distinct * from row")
        connection.execute("drop table row")
