"""The figures that a brief prints, each with the query that gives it on any publication.

A figure's query takes one column of one row from a list of the brief:

    select "stories" from (
    <the list's query, with its parameters written out>
    ) where "theme_id" = 'labour'

so that an analyst can ask it as it stands, and all figures of a list can be asked at once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from reports.lists import Row, literal, written_out

GONE = "gone"
_LINE = re.compile(
    r'select "(?P<column>\w+)" from \(\n(?P<of>.*)\n\)(?P<where> where .*)?', re.DOTALL
)
_WHERE = re.compile(r" where \"(?P<key>\w+)\" = '(?P<value>.*)'", re.DOTALL)


@dataclass(frozen=True)
class Figure:
    """A number as it was printed; `sql` gives it again."""

    figure: str
    value: str
    sql: str


def figures_now(connection: duckdb.DuckDBPyConnection, queries: Iterable[str]) -> dict[str, str]:
    """What each figure's query gives on this publication; GONE where its row is no more.

    Each list is read once, however many figures it has.
    """
    lists: dict[str, list[Row]] = {}
    now: dict[str, str] = {}
    for sql in queries:
        match = _LINE.fullmatch(sql)
        if match is None:
            now[sql] = _one(connection.execute(sql).fetchall())
            continue
        if match["of"] not in lists:
            cursor = connection.execute(match["of"])
            columns = [column[0] for column in cursor.description or []]
            rows = cursor.fetchall()
            lists[match["of"]] = [dict(zip(columns, row, strict=True)) for row in rows]
        found = _matching(lists[match["of"]], match["where"])
        now[sql] = _one([(row[match["column"]],) for row in found])
    return now


def _matching(rows: list[Row], where: str | None) -> list[Row]:
    if where is None:
        return rows
    match = _WHERE.fullmatch(where)
    assert match is not None
    wanted = match["value"].replace("''", "'")
    return [row for row in rows if row[match["key"]] == wanted]


def _one(rows: list[tuple[Any, ...]]) -> str:
    return _told(rows[0][0]) if rows else GONE


def _told(value: object) -> str:
    """A number as the page prints it: whole where it is."""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:.2f}"
    return str(value or 0)


def figures_of_row(
    name: str,
    parameters: Mapping[str, object],
    row: Row,
    columns: Iterable[str],
    key: str | None = None,
) -> Iterator[Figure]:
    """A figure for each column of one row of the list `name`, found by its `key`."""
    of = _without_comments(name, parameters)
    where = f' where "{key}" = {literal(row[key])}' if key else ""
    place = f"{name}[{row[key]}]" if key else name
    for column in columns:
        sql = f'select "{column}" from (\n{of}\n){where}'
        yield Figure(f"{place}.{column}", _told(row[column]), sql)


def figure_of_length(name: str, rows: list[Row], parameters: Mapping[str, object]) -> Figure:
    """How many rows the list `name` has."""
    of = f"select count(*) as listed from (\n{_without_comments(name, parameters)}\n)"
    return Figure(f"{name}.listed", str(len(rows)), f'select "listed" from (\n{of}\n)')


def _without_comments(name: str, parameters: Mapping[str, object]) -> str:
    lines = written_out(name, parameters).splitlines()
    return "\n".join(line for line in lines if line.strip() and not line.startswith("--"))
