"""`broadsheet export`: the answer to a query as a file that says where it is from.

A file leaves the newsroom, so the words of articles in it are guarded (`cli.guarded`), and every
row carries the publication's id and whom to credit.
"""

import sys
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import duckdb
import polars as pl
from duckdb import DuckDBPyConnection

from cli.attribution import all_credits, attribution
from cli.export_file import About, ExportError, file_content
from cli.guarded import open_guarded, told, touches_words
from cli.sql import QueryError, statement_of
from core.files import write_bytes, writing_told
from core.home import Home
from warehouse.publications import require_kept

FileFormat = Literal["csv", "parquet", "xlsx"]
_NO_ARROW = ("INTERVAL", "BIT", "TIME WITH TIME ZONE")  # types that Polars does not take


class Exported(NamedTuple):
    """How many rows a file has, and whose words were asked for and are not, or not all, in it."""

    rows: int
    withheld: list[str]


def export(
    query: str,
    out: Path | None = None,
    *,
    file_format: FileFormat | None = None,
    phrase: str | None = None,
    publication_id: str | None = None,
    home: Home | None = None,
) -> Exported:
    """Write the rows of `query` (SQL, or a file of it) to `out`, or to standard output.

    The format is that of the file's name unless it is given; CSV to standard output. Two columns
    are added: the publication's id and the attribution. Of outlets whose texts may not leave,
    sentences that hold `phrase` are quoted before others.

    Raises:
        ExportError: the format is unknown, a sheet cannot hold the rows, or a terminal the file.
        QueryError: the query is wrong, or more than a SELECT.
        PublishError: nothing is published, or not this publication.
        HomeError: the file cannot be written.
    """
    home = home or Home.from_environment()
    kind = file_format or _format_of(out)
    if out is None and kind != "csv" and sys.stdout.isatty():
        raise ExportError(f"a terminal cannot show {kind}; name a file with --out.")
    statement = statement_of(query)
    publication = require_kept(home, publication_id).stem
    with open_guarded(home, publication, phrase=phrase) as (connection, guarded):
        rows = _rows(connection, statement)
        withheld = guarded if touches_words(connection, statement) else []
        rows = rows.with_columns(
            pl.lit(publication).alias(_free_name("publication_id", rows.columns)),
            attribution(connection, rows).alias(_free_name("attribution", rows.columns)),
        )
        about = About(publication, statement.strip(), all_credits(connection))
    content = file_content(rows, kind, about)
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        with writing_told(out, "name another file with --out"):
            write_bytes(out, content)
    return Exported(rows.height, withheld)


def _format_of(out: Path | None) -> FileFormat:
    if out is None:
        return "csv"
    formats: tuple[FileFormat, ...] = get_args(FileFormat)
    for one in formats:
        if out.suffix.lower() == f".{one}":
            return one
    known = ", ".join(formats)
    raise ExportError(f"the name '{out.name}' tells no format; end it with one of {known}.")


def _rows(connection: DuckDBPyConnection, query: str) -> pl.DataFrame:
    try:
        kinds = [statement.type for statement in connection.extract_statements(query)]
        if kinds != [duckdb.StatementType.SELECT]:
            raise QueryError("give one SELECT whose rows are to be exported.")
        cursor = connection.execute(query)
        _require_columns([(name, str(type_)) for name, type_, *_ in cursor.description])
        return cursor.pl()
    except (duckdb.Error, TypeError) as error:  # TypeError: not UTF-8
        raise QueryError(told(error)) from error


def _require_columns(columns: list[tuple[str, str]]) -> None:
    """Raise unless every column has a name of its own and a type that a file can hold."""
    seen = set()
    for name, type_ in columns:
        if name.lower() in seen:
            raise QueryError(f"two columns are called '{name}'; name one otherwise with 'as'.")
        if type_ in _NO_ARROW:
            raise QueryError(f"'{name}' is a {type_}, which no file holds; cast it to varchar.")
        seen.add(name.lower())


def _free_name(name: str, taken: list[str]) -> str:
    """`name`, or another that says the same where the query has a column of that name."""
    return f"exported_{name}" if name in (one.lower() for one in taken) else name
