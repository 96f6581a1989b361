"""`broadsheet sql`: asking the published warehouse, read-only."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TextIO, get_args

import duckdb
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from cli.rows import OutputFormat, show
from core.errors import BroadsheetError
from core.files import whole_file, writing_told
from core.home import Home
from warehouse.publications import open_read_only

AnswerFormat = Literal["table", "csv", "json", "jsonl", "parquet"]
_ROWS_AT_ONCE = 1000
_STOPPING_SECONDS = 0.5
_ADVICE = "name another file with --out"


class QueryError(BroadsheetError):
    """A statement that DuckDB refused, or an answer that the format cannot hold."""


def sql(
    query: str | None = None,
    publication_id: str | None = None,
    output: AnswerFormat | None = None,
    home: Home | None = None,
    *,
    out: Path | None = None,
) -> int:
    """Run `query` (SQL, or a .sql file), or what comes on standard input; or prompt at a terminal.

    The answer goes to `out`, or to standard output. The format is the one that is given, or that
    the ending of `out` tells, or a table where it has none. Returns 0.

    Raises:
        PublishError: nothing is published, or not this id.
        QueryError: the statement is wrong, or would write, or the format does not fit, or
            the ending of `out` is that of none.
        HomeError: `out` cannot be written.
    """
    home = home or Home.from_environment()
    kind = output or _format_of(out)
    if query is None and sys.stdin.isatty() and out is None:
        from cli.sql_prompt import Prompt

        Prompt(home, publication_id).run()
        return 0
    if kind == "parquet" and out is None and sys.stdout.isatty():
        raise QueryError("a terminal cannot show parquet; name a file with --out.")
    statements = _piped() if query is None else statement_of(query)
    with open_read_only(home, publication_id) as connection:
        if kind == "parquet":
            _write_parquet(connection, statements, out)
        else:
            with _opened(out) as file:
                run(connection, statements, kind, file)
    return 0


def statement_of(query: str) -> str:
    """The SQL that was given, or that stands in the file which was named.

    Raises:
        QueryError: the file is not there, or is not UTF-8 text.
    """
    path = Path(query)
    if path.suffix != ".sql" or "\n" in query:
        return query
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise QueryError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise QueryError(f"{path} is not UTF-8 text; save it as such.") from error


def run(
    connection: DuckDBPyConnection,
    statements: str,
    output: OutputFormat,
    file: TextIO | None = None,
    *,
    timed: bool = False,
) -> None:
    """Run statements one after the other and print their rows; `timed` tells how long each took.

    Raises:
        QueryError: DuckDB refused one, or Ctrl-C interrupted it; those before it were printed.
    """
    with _refusals_told(connection):
        for statement in _statements(connection, statements, output):
            began = time.perf_counter()
            cursor = connection.execute(statement)
            if not cursor.description:
                continue
            shown = show([name for name, *_ in cursor.description], _fetched(cursor), output, file)
            if output == "table":
                took = f", {time.perf_counter() - began:.3f} s" if timed else ""
                print(f"({shown}{took})", file=file)


@contextmanager
def _refusals_told(connection: DuckDBPyConnection) -> Iterator[None]:
    """Turn what DuckDB refuses into a QueryError with its words."""
    try:
        yield
    except (duckdb.Error, TypeError) as error:  # TypeError: not UTF-8
        raise QueryError(str(error)) from error
    except (KeyboardInterrupt, RuntimeError) as error:  # DuckDB raises the latter on Ctrl-C
        # It leaves its threads at work, and the next query or a close would wait for their end.
        connection.interrupt()
        time.sleep(_STOPPING_SECONDS)
        raise QueryError("the query was interrupted.") from error


def _statements(connection: DuckDBPyConnection, statements: str, output: str) -> list[Any]:
    found = connection.extract_statements(statements)
    if output in {"json", "parquet"} and len(found) != 1:
        raise QueryError(f"{output} holds the answer to one statement; there are {len(found)}.")
    return found


def _write_parquet(connection: DuckDBPyConnection, statements: str, out: Path | None) -> None:
    with _refusals_told(connection):
        (statement,) = _statements(connection, statements, "parquet")
        batches = connection.execute(statement).to_arrow_reader()
        with _opened_bytes(out) as file, pq.ParquetWriter(file, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)


def _format_of(out: Path | None) -> AnswerFormat:
    ending = out.suffix.lower().removeprefix(".") if out else ""
    if ending in {"", "txt"}:
        return "table"
    for known in get_args(AnswerFormat):
        if ending == known:
            return known  # type: ignore[no-any-return]
    export = "; 'broadsheet export' writes sheets" if ending == "xlsx" else ""
    raise QueryError(
        f"{out} has an unknown ending; known are .txt, .{', .'.join(get_args(AnswerFormat))}, "
        f"or name the format with --format{export}."
    )


@contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    with (
        writing_told(out, _ADVICE),
        whole_file(out) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        yield file


@contextmanager
def _opened_bytes(out: Path | None) -> Iterator[Any]:
    if out is None:
        yield sys.stdout.buffer
        return
    with writing_told(out, _ADVICE), whole_file(out) as temporary:
        yield temporary


def _piped() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise QueryError("what came on stdin is not UTF-8 text; give SQL statements.") from error


def _fetched(cursor: DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield from rows
