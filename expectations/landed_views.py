"""DuckDB statements that show landed Parquet files and earlier editions.

Statements only: `expectations.validate` runs them on the connection of a suite.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from core.content_hash import content_hash
from core.decisions import held_contents, read_decisions, released_rows
from core.landed import LANDED
from core.plan import Run, closed_path, read_closed
from expectations.checks import Asset, Check, Rows, sql_text, text_list

HISTORY_EDITIONS = 28

_SQL_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "varchar",
    pl.Int32: "integer",
    pl.Float64: "double",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime: "timestamp",
    pl.List: "varchar[]",
}


def landed_view(folder: Path, table: str) -> str:
    """A view of `table` over its landed files, without what is in quarantine.

    Empty, with the right columns, where none landed.
    """
    files = sorted((folder / table).glob("*.parquet"))
    if files:
        landed = f"(from read_parquet({text_list(files)}))"
        refused = sorted((folder / "quarantine").glob("*.parquet"))
        if refused:
            landed = _kept(table, landed, f"(from read_parquet({text_list(refused)}))")
        return f"create temp view {table} as from {landed} as landed"
    columns = ", ".join(
        f"null::{_SQL_TYPES[dtype.base_type()]} as {name}" for name, dtype in LANDED[table].items()
    )
    return f"create temp view {table} as select {columns} where false"


def _kept(table: str, landed: str, refused: str) -> str:
    """The rows of `landed` as the warehouse takes them in; see `warehouse.load`."""
    if table == "disposition":
        return (
            f"(select * replace (if(status = 'loaded' and (source_id, url) in "
            f"(select (source_id, url) from {refused} where is_last), 'quarantined', status) "
            f"as status) from {landed})"
        )
    if table == "article_url":
        gone = f"select article_id from {refused} where is_last"
        return f"(from {landed} where article_id not in ({gone}))"
    if table != "quarantine" and {"article_id", "version_id"} <= LANDED[table].keys():
        return (
            f"(select landed.* from {landed} as landed "
            f"anti join {refused} as refused using (article_id, version_id))"
        )
    return landed


def released_table(run: Run) -> str:
    """A table `released` of the edition's rows that persons took out of quarantine."""
    rows = released_rows(read_decisions(run.paths), run.edition)
    keys = (f"({sql_text(article)}, {sql_text(version)})" for article, version in rows)
    values = ", ".join(keys) or "(null, null)"
    return (
        "create temp table released as select * from "
        f"(values {values}) as t(article_id, version_id) where article_id is not null"
    )


def earlier_editions(run: Run) -> list[tuple[date, Path]]:
    """The closed editions before this one, oldest first, at most `HISTORY_EDITIONS` of them.

    What is on hold is no measure of what is usual: it is left out.
    """
    held = held_contents(read_decisions(run.paths))
    suspects = {edition for edition, _ in held}
    found: list[tuple[date, Path]] = []
    for folder in sorted(run.paths.landing_root.glob("????-??-??"), reverse=True):
        edition = date.fromisoformat(folder.name)
        if edition < run.edition and closed_path(run.paths, edition).exists():
            closed = read_closed(run.paths, edition) or {}
            landing = run.paths.landing(edition, closed["collect_id"])
            if edition not in suspects or (edition, content_hash(landing)) not in held:
                found.append((edition, landing))
        if len(found) == HISTORY_EDITIONS:
            break
    return found[::-1]


def history_view(editions: list[tuple[date, Path]], table: str, columns: str) -> str:
    """A view `earlier_<table>` of some columns of earlier editions, with `edition`."""
    parts = [
        f"select date '{edition}' as edition, {columns} from read_parquet({text_list(files)})"
        for edition, folder in editions
        if (files := sorted((folder / table).glob("*.parquet")))
    ]
    nothing = f"select date '1970-01-01' as edition, {columns} from {table} where false"
    return f"create temp view earlier_{table} as {' union all '.join([nothing, *parts])}"


def columns_check(tables: Sequence[str]) -> Check:
    """The landed files of `tables` have the columns of `core.landed`, no more and no fewer."""
    listed = ", ".join(
        f"({sql_text(table)}, {sql_text(column)})" for table in tables for column in LANDED[table]
    )
    rows = Rows(
        Asset(
            "landed_columns",
            "select table_name, column_name, l.column_name is not null as is_landed, "
            "w.column_name is not null as is_wanted "
            f"from (values {listed}) as w(table_name, column_name) full join ("
            "select view_name as table_name, column_name from duckdb_views() "
            "join duckdb_columns() on view_name = table_name "
            f"where view_name in {tuple(tables)}) as l using (table_name, column_name)",
        ),
        "Update the station that lands it, or core/landed.py, and land the edition again.",
        kind="shape",
    )
    return rows.none_where(
        "as_agreed",
        "not is_landed or not is_wanted",
        "table_name, column_name, is_landed",
        "The warehouse loads exactly the columns that stations agreed on.",
    )
