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
from datetime import date
from typing import Any

import duckdb

from core.landed import STATUSES
from reports.facts import MIN_BASELINE_DAYS, MOST_THEMES, SQL, Facts, Row

GONE = "gone"
_ALL = 2**31 - 1  # whoever stands beyond the page's end now still has a figure
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


def printed_figures(facts: Facts) -> list[Figure]:
    """Every number of the page's sections, in the order of the page."""
    edition: Mapping[str, object] = {"edition": facts.publication["edition"]}
    own = {"publication_id": facts.publication["publication_id"]}
    most = {**edition, "most": _ALL}
    told = ["articles", "stories", "outlets", "owners", "undated"]
    figures = list(_of_row("headline", edition, facts.headline, told))
    for name, rows, parameters in (
        ("themes", facts.themes, edition),
        ("coverage", facts.coverage, edition),
        ("refusals", facts.refusals, edition),
        ("verdicts", facts.verdicts, own),
    ):
        figures.append(_count(name, rows, parameters))
    for row in facts.themes[:MOST_THEMES]:
        usual = ["low", "high"] if _is_judged(row) else ["baseline_days"]
        columns = ["stories", "articles", "owners", *usual]
        figures += _of_row("themes", edition, row, columns, key="theme_id")
    for row in facts.stories:
        columns = ["articles", "texts", "owners_reporting"]
        figures += _of_row("stories", most, row, columns, key="story_id")
    for row in facts.entities:
        figures += _of_row("entities", most, row, ["stories", "owners"], key="entity_id")
    for row in facts.coverage:
        figures += _of_row("coverage", edition, row, ["looks", "found", *STATUSES], key="source_id")
    return figures


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
    """A number as the page prints it: whole."""
    return f"{value:.0f}" if isinstance(value, float) else str(value or 0)


def _is_judged(theme: Row) -> bool:
    return theme["baseline_days"] >= MIN_BASELINE_DAYS and theme["expected"] is not None


def _of_row(
    name: str,
    parameters: Mapping[str, object],
    row: Row,
    columns: Iterable[str],
    key: str | None = None,
) -> Iterator[Figure]:
    """A figure for each column of one row of the list `name`, found by its `key`."""
    of = _written_out(name, parameters)
    where = f' where "{key}" = {_literal(row[key])}' if key else ""
    place = f"{name}[{row[key]}]" if key else name
    for column in columns:
        sql = f'select "{column}" from (\n{of}\n){where}'
        yield Figure(f"{place}.{column}", _told(row[column]), sql)


def _count(name: str, rows: list[Row], parameters: Mapping[str, object]) -> Figure:
    of = f"select count(*) as listed from (\n{_written_out(name, parameters)}\n)"
    return Figure(f"{name}.listed", str(len(rows)), f'select "listed" from (\n{of}\n)')


def _written_out(name: str, parameters: Mapping[str, object]) -> str:
    """The query of `sql/<name>.sql` with literals for its parameters, without its comments."""
    lines = (SQL / f"{name}.sql").read_text().splitlines()
    text = "\n".join(line for line in lines if line.strip() and not line.startswith("--"))
    return re.sub(r"\$(\w+)", lambda match: _literal(parameters[match[1]]), text)


def _literal(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    quoted = "'" + str(value).replace("'", "''") + "'"
    return f"date {quoted}" if isinstance(value, date) else quoted
