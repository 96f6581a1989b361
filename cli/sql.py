"""`broadsheet sql`: asking the published warehouse, read-only; and how rows are printed."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Literal

import duckdb
from duckdb import DuckDBPyConnection
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.errors import BroadsheetError
from core.home import Home
from warehouse.publications import open_read_only

OutputFormat = Literal["table", "csv", "jsonl"]
MAX_ROWS_SHOWN = 1000
_HELP = "End a statement with a semicolon; \\d lists the tables, \\d TABLE its columns, \\q leaves."
_TABLES = """
select schema_name || '.' || table_name as "table", estimated_size as "rows", comment
from duckdb_tables() where database_name = 'broadsheet' order by all
"""
_COLUMNS = """
select column_name as "column", data_type as "type", comment
from duckdb_columns()
where database_name = 'broadsheet' and $1 in (table_name, schema_name || '.' || table_name)
order by schema_name, column_index
"""


class QueryError(BroadsheetError):
    """A statement that DuckDB refused; the text is DuckDB's own."""


def sql(
    query: str | None = None,
    publication_id: str | None = None,
    output: OutputFormat = "table",
    home: Home | None = None,
) -> int:
    """Run `query`, or what comes on standard input, or a prompt at a terminal; returns 0.

    Raises:
        PublishError: nothing is published, or not this id.
        QueryError: the statement is wrong, or would write.
    """
    home = home or Home.from_environment()
    connection = open_read_only(home, publication_id)
    try:
        if query is None and sys.stdin.isatty():
            _prompt(connection)
        else:
            _run(connection, _piped() if query is None else query, output)
    finally:
        connection.close()
    return 0


def _piped() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise QueryError("what came on stdin is not UTF-8 text; give SQL statements.") from error


def _run(connection: DuckDBPyConnection, statements: str, output: OutputFormat) -> None:
    try:
        for statement in connection.extract_statements(statements):
            cursor = connection.execute(statement)
            if cursor.description:
                show([column[0] for column in cursor.description], _fetched(cursor), output)
    except (duckdb.Error, TypeError) as error:  # TypeError: not UTF-8
        raise QueryError(str(error)) from error
    except (KeyboardInterrupt, RuntimeError) as error:  # DuckDB raises the latter on Ctrl-C
        raise QueryError("the query was interrupted.") from error


def _fetched(cursor: DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(1000):
        yield from rows


def _prompt(connection: DuckDBPyConnection) -> None:
    """Read statements until the end of input; an error is told and the prompt goes on."""
    session: PromptSession[str] = PromptSession(
        lexer=PygmentsLexer(SqlLexer), completer=_completer(connection), complete_while_typing=False
    )
    console = Console()
    console.print(_HELP, style="dim")
    pending = ""
    while True:
        try:
            line = session.prompt("       ... " if pending else "broadsheet> ")
        except KeyboardInterrupt:
            pending = ""
            continue
        except EOFError:
            return
        if not pending and line.strip() in ("\\q", "exit", "quit"):
            return
        if not pending and line.startswith("\\d"):
            _describe(connection, line.removeprefix("\\d").strip())
            continue
        pending += line + "\n"
        if line.rstrip().endswith(";"):
            statements, pending = pending, ""
            try:
                _run(connection, statements, "table")
            except QueryError as error:
                console.print(Text(str(error), style="red"))


def _describe(connection: DuckDBPyConnection, table: str) -> None:
    cursor = connection.execute(_COLUMNS, [table]) if table else connection.execute(_TABLES)
    show([column[0] for column in cursor.description], cursor.fetchall(), "table")


def _completer(connection: DuckDBPyConnection) -> WordCompleter:
    rows = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where database_name = 'broadsheet'"
        " union select column_name from duckdb_columns() where database_name = 'broadsheet'"
    ).fetchall()
    return WordCompleter(sorted(row[0] for row in rows), ignore_case=True, WORD=True)


def show(names: list[str], rows: Iterable[Iterable[Any]], output: OutputFormat) -> None:
    """Print rows as a table for a person, as CSV or as a line of JSON each."""
    if output == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
    elif output == "jsonl":
        for row in rows:
            record = dict(zip(names, row, strict=True))
            print(json.dumps(record, ensure_ascii=False, default=str))
    else:
        _show_table(names, rows)


def _show_table(names: list[str], rows: Iterable[Iterable[Any]]) -> None:
    """Print at most MAX_ROWS_SHOWN rows, folded into the terminal; unfolded into a pipe."""
    table = Table(show_edge=False, header_style="bold")
    for name in names:
        table.add_column(Text(name), overflow="fold")
    shown, more = 0, False
    for row in rows:
        if shown == MAX_ROWS_SHOWN:
            more = True
            break
        table.add_row(*(_cell(value) for value in row))
        shown += 1
    console = Console(width=None if sys.stdout.isatty() else 10_000)
    console.print(table)
    note = f"the first {shown} rows; more with a limit, or as csv" if more else _count(shown)
    console.print(f"({note})", style="dim")


def _count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"


def _cell(value: Any) -> Text:
    """A value as text; Text keeps rich from reading markup in it."""
    if value is None:
        return Text("NULL", style="dim")
    if isinstance(value, datetime):
        return Text(value.isoformat(sep=" "))
    if isinstance(value, date):
        return Text(value.isoformat())
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return Text(str(value), justify="right" if numeric else "left")
