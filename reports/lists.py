"""The lists of a brief: each the rows of one file of `reports/sql`, asked with literals in it.

What is asked is what is told: the query of a list stands in the brief's folder as it ran, so that
anyone can run it again on the same publication.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any

import duckdb

from core.errors import PublishError

SQL = Path(__file__).parent / "sql"

type Row = dict[str, Any]


@dataclass(frozen=True)
class Listing:
    """A list's rows with the query that gave them; `question` is what the query asks."""

    name: str
    question: str
    sql: str
    columns: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]

    @property
    def rows(self) -> list[Row]:
        return [dict(zip(self.columns, values, strict=True)) for values in self.values]


@contextmanager
def open_publication(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection whose default catalog is the publication at `path`.

    Raises:
        PublishError: there is no such publication.
    """
    if not path.exists():
        raise PublishError(f"{path} does not exist; 'broadsheet publications' lists what does.")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as broadsheet (read_only)")
        connection.execute("use broadsheet")
        yield connection


def read_list(
    connection: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, object]
) -> Listing:
    """The list of `sql/<name>.sql` for these parameters (more than it has may be given)."""
    sql = written_out(name, parameters)
    cursor = connection.execute(sql)
    columns = tuple(column[0] for column in cursor.description or [])
    return Listing(name, _question(sql), sql, columns, tuple(cursor.fetchall()))


def query(connection: duckdb.DuckDBPyConnection, name: str, parameters: Row) -> list[Row]:
    """The rows that `sql/<name>.sql` gives for these parameters."""
    return read_list(connection, name, parameters).rows


def written_out(name: str, parameters: Mapping[str, object]) -> str:
    """The query of `sql/<name>.sql` with literals for its parameters."""
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    return re.sub(r"\$([a-z]\w*)", lambda match: literal(parameters[match[1]]), text)


def literal(value: object) -> str:
    """A date, whole number, text, list of texts or nothing as DuckDB reads it in a query."""
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(one) for one in value)}]::varchar[]"
    quoted = "'" + str(value).replace("'", "''") + "'"
    return f"date {quoted}" if isinstance(value, date) else quoted


def grouped(key: str, rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows by what they have in `key`, each group in its order."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def _question(sql: str) -> str:
    """The comment that a file begins with, as running text."""
    told = takewhile(lambda line: line.startswith("--"), sql.splitlines())
    return " ".join(line.removeprefix("--").strip() for line in told)
