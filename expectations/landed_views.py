"""DuckDB statements that show landed Parquet files, earlier editions and the configuration.

Statements only: `expectations.validate` runs them on the connection of a suite.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl

from core.landed import LANDED
from core.plan import Run, closed_path, read_closed
from expectations.checks import sql_text, text_list

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
    """A view of `table` over its landed files; empty, with the right columns, where none landed."""
    files = sorted((folder / table).glob("*.parquet"))
    if files:
        return f"create view {table} as select * from read_parquet({text_list(files)})"
    columns = ", ".join(
        f"null::{_SQL_TYPES[dtype.base_type()]} as {name}" for name, dtype in LANDED[table].items()
    )
    return f"create view {table} as select {columns} where false"


def configuration_tables(run: Run) -> list[str]:
    """Tables `known_source`, `known_theme`, `known_entity` of the run's own configuration."""
    sources = (
        f"({sql_text(one.id)}, {sql_text(one.language)}, {sql_text(one.timezone)}, "
        f"{one.is_active(run.edition)}::boolean)"
        for one in run.sources.sources
    )
    themes = (f"({sql_text(one.id)}, {one.threshold}::double)" for one in run.themes.themes)
    entities = (f"({sql_text(one.id)}, {sql_text(one.type)})" for one in run.entities.entities)
    return [
        _table("known_source", "source_id, language, timezone, is_active", sources),
        _table("known_theme", "theme_id, threshold", themes),
        _table("known_entity", "entity_id, entity_type", entities),
    ]


def _table(name: str, columns: str, rows: Iterable[str]) -> str:
    return f"create table {name} as select * from (values {', '.join(rows)}) as t({columns})"


def earlier_editions(run: Run) -> list[tuple[date, Path]]:
    """The closed editions before this one, oldest first, at most `HISTORY_EDITIONS` of them."""
    found: list[tuple[date, Path]] = []
    for folder in sorted(run.paths.landing_root.glob("????-??-??"), reverse=True):
        edition = date.fromisoformat(folder.name)
        if edition < run.edition and closed_path(run.paths, edition).exists():
            closed = read_closed(run.paths, edition) or {}
            found.append((edition, run.paths.landing(edition, closed["collect_id"])))
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
    return f"create view earlier_{table} as {' union all '.join([nothing, *parts])}"
