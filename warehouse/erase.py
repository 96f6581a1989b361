"""Erases an article from a publication: a new file under the same name, without a word of it.

What is said of the article goes: wordings, sentences, mentions, evidence, its themes and entities,
and names that nothing else mentions. Figures stay, since they are what was known then; the row in
`dim_article` stays without words, and tells the next candidate which days to count anew; the index
of what was landed (ids alone) stays, and tells it whose stories and texts it was in.
"""

import shutil
from collections.abc import Collection
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from core.erasure import MARK, Target
from warehouse.database import open_for_writing, remove_database, transaction

_STAYS = {
    "marts.dim_article", "meta.brief_citation", "meta.landed_article", "meta.landed_link",
    "quality.decision",
}  # fmt: skip
_ENTITY_COLUMNS = {"entity_id", "ancestor_id", "entity_id_a", "entity_id_b"}
_IS_OURS = "article_id in (select unnest($1::varchar[]))"
_FREE_WORDS = {"quality.expectation_result": "observed", "quality.fct_disposition": "reason"}


def holds_article(path: Path, target: Target) -> bool:
    """Whether the closed database `path` says anything of the article, in words or facts.

    A file that cannot be read is taken to.
    """
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            columns = _columns(connection)
            ids = list(target.article_ids)
            return any(
                connection.execute(f"select 1 from {places} limit 1", [ids]).fetchall()
                for places in (*_rows(columns), *_titles(columns))
            ) or any(
                target.speaks(value)
                for table, column in _FREE_WORDS.items()
                if table in columns
                for (value,) in connection.execute(
                    f"select distinct {column} from {table}"
                ).fetchall()
            )
    except duckdb.Error:
        return True


def erase_publication(path: Path, out: Path, target: Target) -> bool:
    """Write to `out` the closed database `path` without the article; False if it holds nothing.

    The file is built from the rows that are left: nothing of the others is in it.

    Raises:
        HomeError: the disk refused.
    """
    if not holds_article(path, target):
        return False
    work = out.with_name(f"{out.name}.work")
    try:
        shutil.copyfile(path, work)
        with open_for_writing(work, out.parent / f"{out.name}.spill") as connection:
            with transaction(connection):
                _erase_rows(connection, target)
            remove_database(out)
            name = connection.execute("select current_database()").fetchall()[0][0]
            connection.execute(f"attach '{str(out).replace("'", "''")}' as erased")
            connection.execute(f'copy from database "{name}" to erased')
            connection.execute("checkpoint erased")
            connection.execute("detach erased")
        return True
    finally:
        remove_database(work)


def wordings(path: Path, article_ids: Collection[str]) -> list[tuple[str, str, str]]:
    """(version_id, title, text) of the articles' wordings in a closed publication."""
    with duckdb.connect(str(path), read_only=True) as connection:
        if "marts.article_version" not in _columns(connection):
            return []
        return connection.execute(
            "select version_id, title, text from marts.article_version where " + _IS_OURS,
            [list(article_ids)],
        ).fetchall()


def _columns(connection: DuckDBPyConnection) -> dict[str, list[str]]:
    """The columns of every table of the connection's own database, by its name with schema."""
    rows = connection.execute(
        "select schema_name || '.' || table_name, list(column_name) from duckdb_columns()"
        " where database_name = current_database() and not internal group by 1 order by 1"
    ).fetchall()
    return dict(rows)


def _rows(columns: dict[str, list[str]]) -> list[str]:
    """Which rows say something of the article: `table where condition`."""
    found = [table for table, names in columns.items() if "article_id" in names]
    return [f"{table} where {_IS_OURS}" for table in found if table not in _STAYS]


def _titles(columns: dict[str, list[str]]) -> list[str]:
    """Which rows stay and hold its title."""
    keys = {"marts.dim_article": "article_id", "marts.dim_story": "lead_article_id"}
    return [
        f"{table} where title <> '' and {key} in (select unnest($1::varchar[]))"
        for table, key in keys.items()
        if key in columns.get(table, ()) and "title" in columns[table]
    ]


def _erase_rows(connection: DuckDBPyConnection, target: Target) -> None:
    """Delete and blank what is said of the article."""
    columns = _columns(connection)
    ids = list(target.article_ids)
    _erase_names(connection, columns, ids)
    for rows in _rows(columns):
        connection.execute(f"delete from {rows}", [ids])
    for place in _titles(columns):
        table, _, condition = place.partition(" where ")
        authors = ", authors = null" if "authors" in columns[table] else ""
        connection.execute(f"update {table} set title = ''{authors} where {condition}", [ids])
    for table, column in _FREE_WORDS.items():
        if table in columns:
            _erase_words(connection, table, column, target)


def _erase_names(
    connection: DuckDBPyConnection, columns: dict[str, list[str]], ids: list[str]
) -> None:
    """Delete names that nobody curated and only this article mentions, with what counts them."""
    if "marts.fct_entity_mention" not in columns:
        return
    names = connection.execute(
        "select entity_id from marts.fct_entity_mention where entity_id like 'local:%'"
        f" group by entity_id having bool_and({_IS_OURS})",
        [ids],
    ).fetchall()
    only_here = [name for (name,) in names]
    for table, found in columns.items():
        for column in _ENTITY_COLUMNS & set(found):
            connection.execute(
                f"delete from {table} where {column} in (select unnest($1::varchar[]))", [only_here]
            )


def _erase_words(connection: DuckDBPyConnection, table: str, column: str, target: Target) -> None:
    told = connection.execute(f"select distinct {column} from {table}").fetchall()
    ours = [value for (value,) in told if target.speaks(value)]
    connection.execute(
        f"update {table} set {column} = '{MARK}' where {column} in (select unnest($1::varchar[]))",
        [ours],
    )
