"""`broadsheet export`: the answer to a query as a file that says where it is from.

A file leaves the newsroom, so the texts in it are guarded: the query asks views of the publication
that lack the texts of outlets without `may_export_text` and cut a sentence to 40 words.
Every row carries the publication's id and, where it names an article or an outlet, whom to credit.
"""

from pathlib import Path
from typing import Literal, NamedTuple, get_args

import duckdb
import polars as pl
from duckdb import DuckDBPyConnection

from cli.sql import QueryError
from core.errors import BroadsheetError
from core.files import whole_file
from core.home import Home
from warehouse.publications import open_read_only, require_kept

FileFormat = Literal["csv", "parquet", "xlsx"]
_MOST_WORDS = 40
_ROWS_OF_A_SHEET = 1_048_575
_TEXTS = ("article_text", "article_version")
_QUOTED = {"article_sentence": "text", "evidence": "sentence"}
_CUT = (
    f"case when len(string_split({{0}}, ' ')) <= {_MOST_WORDS} then {{0}}"
    f" else array_to_string(string_split({{0}}, ' ')[1:{_MOST_WORDS}], ' ') || ' …' end"
)
_MAY_LEAVE = (
    "article_id in (select article_id from broadsheet.marts.dim_article"
    " inner join broadsheet.marts.dim_source using (source_id) where may_export_text)"
)
_CREDITS = """
select
    article.article_id,
    article.url,
    article.source_id,
    source.name as outlet,
    source.name || ' (' || source.owner || '), ' || coalesce(source.licence, 'all rights reserved')
        as credit
from broadsheet.marts.dim_source as source
left join broadsheet.marts.dim_article as article using (source_id)
"""


class ExportError(BroadsheetError):
    """A file cannot be written as it was asked for; the text says why and what to do."""


class Exported(NamedTuple):
    """How many rows a file has, and whose texts were asked for and are not in it."""

    rows: int
    withheld: list[str]


def export(
    query: str,
    out: Path,
    *,
    file_format: FileFormat | None = None,
    publication_id: str | None = None,
    home: Home | None = None,
) -> Exported:
    """Write the rows of `query` (SQL, or a file of it) to `out`.

    The format is that of the file's name unless it is given. Two columns are added:
    `publication_id`, and `attribution` (empty where a row names no article or outlet).

    Raises:
        ExportError: the format is unknown, or a sheet cannot hold the rows.
        QueryError: the query is wrong, or more than a SELECT.
        PublishError: nothing is published, or not this publication.
    """
    home = home or Home.from_environment()
    kind = file_format or _format_of(out)
    with open_read_only(home, publication_id) as connection:
        told = publication_id or require_kept(home).stem
        guard(connection)
        statement = _statement(query)
        rows = _rows(connection, statement)
        withheld = _withheld(connection, statement)
        rows = rows.with_columns(
            pl.lit(told).alias("publication_id"),
            _attribution(connection, rows).alias("attribution"),
        )
    if kind == "xlsx" and rows.height > _ROWS_OF_A_SHEET:
        raise ExportError(
            f"{rows.height:,} rows do not fit into a sheet ({_ROWS_OF_A_SHEET:,}); "
            "ask for less, or export csv or parquet."
        )
    with whole_file(out) as temporary:
        _write(rows, temporary, kind)
    return Exported(rows.height, withheld)


def guard(connection: DuckDBPyConnection) -> None:
    """Put views before the publication's tables, in which the words of articles are guarded."""
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'broadsheet'"
    ).fetchall()
    connection.execute("use memory")
    for schema, table in tables:
        select = f"select * from broadsheet.{schema}.{table}"
        if schema == "marts" and table in _TEXTS:
            select += f" where {_MAY_LEAVE}"
        elif schema == "marts" and table in _QUOTED:
            column = _QUOTED[table]
            select = select.replace("*", f"* replace ({_CUT.format(column)} as {column})")
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"create view {schema}.{table} as {select}")


def _withheld(connection: DuckDBPyConnection, query: str) -> list[str]:
    """The outlets whose texts the query would have read, were they allowed to leave."""
    if not any(table in query.lower() for table in _TEXTS):
        return []
    rows = connection.execute(
        "select name from broadsheet.marts.dim_source where not may_export_text order by name"
    ).fetchall()
    return [name for (name,) in rows]


def _format_of(out: Path) -> FileFormat:
    formats: tuple[FileFormat, ...] = get_args(FileFormat)
    for one in formats:
        if out.suffix.lower() == f".{one}":
            return one
    known = ", ".join(formats)
    raise ExportError(f"the name '{out.name}' tells no format; end it with one of {known}.")


def _statement(query: str) -> str:
    """The SQL that was given, or that stands in the file which was named."""
    path = Path(query)
    try:
        is_file = path.suffix == ".sql" and path.is_file()
        return path.read_text("utf-8") if is_file else query
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(f"{path} cannot be read as UTF-8 text ({error}).") from error


def _rows(connection: DuckDBPyConnection, query: str) -> pl.DataFrame:
    try:
        statements = connection.extract_statements(query)
        kinds = {statement.type for statement in statements}
        if len(statements) != 1 or kinds != {duckdb.StatementType.SELECT}:
            raise QueryError("give one SELECT whose rows are to be exported.")
        if "broadsheet." in query.lower():
            raise QueryError("name tables without 'broadsheet.', as in marts.dim_article.")
        return connection.execute(query).pl()
    except duckdb.Error as error:
        raise QueryError(str(error)) from error


def _attribution(connection: DuckDBPyConnection, rows: pl.DataFrame) -> pl.Series:
    """Whom to credit for each row, found by the first column that names an article or outlet."""
    found = connection.execute(_CREDITS).pl()
    for column in ("article_id", "url", "source_id", "outlet"):
        if column in rows.columns and rows.schema[column] == pl.String:
            known = found.drop_nulls(column).unique(column, keep="first", maintain_order=True)
            joined = rows.select(column).join(
                known.select(column, "credit"), on=column, how="left", maintain_order="left"
            )
            return joined["credit"].fill_null("")
    return pl.Series("credit", [""] * rows.height, dtype=pl.String)


def _write(rows: pl.DataFrame, path: Path, kind: FileFormat) -> None:
    if kind == "parquet":
        rows.write_parquet(path)
        return
    nested = [name for name, dtype in rows.schema.items() if dtype.is_nested()]
    plain = rows.with_columns(
        pl.col(name).map_elements(lambda value: "; ".join(map(str, value)), return_dtype=pl.String)
        for name in nested
    )
    if kind == "csv":
        plain.write_csv(path)
    else:
        plain.write_excel(path, autofit=True, freeze_panes=(1, 0))
