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

    Empty where none landed, NULL in a column that a file lacks.
    """
    columns = ", ".join(
        f"null::{_SQL_TYPES[dtype.base_type()]} as {name}" for name, dtype in LANDED[table].items()
    )
    nothing = f"create temp view {table} as select {columns} where false"
    files = sorted((folder / table).glob("*.parquet"))
    if not files:
        return nothing
    landed = f"(from read_parquet({text_list(files)}))"
    refused = sorted((folder / "quarantine").glob("*.parquet"))
    if refused:
        landed = _kept(table, landed, f"(from read_parquet({text_list(refused)}))")
    return f"{nothing} union all by name from {landed} as landed"


def _kept(table: str, landed: str, refused: str) -> str:
    """The rows of `landed` as the warehouse takes them in; see `warehouse.load`."""
    if table == "disposition":
        return (
            "(select landed.* replace ("
            "if(refused.reason is null, landed.status, 'quarantined') as status, "
            "coalesce(refused.reason, landed.reason) as reason) "
            f"from {landed} as landed left join ("
            "select source_id, url, 'loaded' as status, "
            "string_agg(distinct reason, ' ' order by reason) as reason "
            f"from {refused} where is_last group by all) as refused using (source_id, url, status))"
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


def columns_check(folder: Path, tables: Sequence[str]) -> Check:
    """The landed files of `tables` have the columns of `core.landed`, no more and no fewer."""
    wanted = ", ".join(
        f"({sql_text(table)}, {sql_text(column)})" for table in tables for column in LANDED[table]
    )
    landed = " union all ".join(
        f"select {sql_text(table)} as table_name, column_name, {sql_text(file)} as file "
        f"from (describe from read_parquet({sql_text(file)}))"
        for table in tables
        for file in sorted((folder / table).glob("*.parquet"))
    )
    nothing = "select '' as table_name, '' as column_name, '' as file where false"
    rows = Rows(
        Asset(
            "landed_columns",
            f"with landed as ({landed or nothing}), file as (select distinct table_name, file "
            f"from landed), wanted as (from (values {wanted}) as w(table_name, column_name)) "
            "select table_name, column_name, file, l.column_name is not null as is_landed, "
            "w.column_name is not null as is_wanted "
            "from (from wanted join file using (table_name)) as w "
            "full join landed as l using (table_name, column_name, file)",
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
