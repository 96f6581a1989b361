"""Coverage as pages: outlets by editions with what became of each, and one edition in full."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from markupsafe import Markup

from core.landed import STATUSES
from reports.operator_templates import render

type Row = dict[str, Any]

EDITIONS = 14
"""How many editions one page shows."""
_COUNTS = ("found", *STATUSES)
_SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Outlet:
    """An outlet's row of the grid; `rows` has one for each edition, None where it had none."""

    name: str
    rows: list[Row | None]


@dataclass(frozen=True)
class Grid:
    """Outlets × editions of one publication; rows are `quality.fct_source_edition` with `unwell`.

    `totals` has a row of summed counts for each edition; `earlier` and `later` are the editions
    next to those shown, None at the ends.
    """

    publication_id: str
    editions: list[date]
    outlets: list[Outlet]
    totals: list[Row]
    earlier: date | None
    later: date | None


def read_grid(
    connection: DuckDBPyConnection,
    publication_id: str,
    until: date | None = None,
    most: int = EDITIONS,
) -> Grid:
    """The last `most` editions up to `until` (all, without) of the publication that is open."""
    from reports.page import health  # with it come the brief's charts: only who asks pays

    rows = _ask(connection, "coverage_grid", {"until": until, "most": most})
    editions = sorted({row["edition"] for row in rows})
    ends = (
        {"first": editions[0], "last": editions[-1]} if editions else {"first": None, "last": None}
    )
    (edges,) = _ask(connection, "coverage_edges", ends)
    by_outlet: dict[tuple[str, str], dict[date, Row]] = defaultdict(dict)
    for row in rows:
        by_outlet[row["outlet"], row["source_id"]][row["edition"]] = {**row, "unwell": health(row)}
    return Grid(
        publication_id,
        editions,
        [
            Outlet(name, [found.get(edition) for edition in editions])
            for (name, _), found in by_outlet.items()
        ],
        [_total(row for row in rows if row["edition"] == edition) for edition in editions],
        edges["earlier"],
        edges["later"],
    )


def coverage_page(grid: Grid, base: str = "") -> str:
    """Outlets × editions; `base` is the way from the page to where its links begin."""
    return render("coverage_grid.html.j2", grid=grid, base=base, cell=_cell)


def edition_page(grid: Grid, edition: date, base: str = "", brief: str | None = None) -> str:
    """One edition with every disposition; `grid` holds just that one, `brief` is its address."""
    return render(
        "coverage_edition.html.j2",
        grid=grid,
        edition=edition,
        base=base,
        brief=brief,
        statuses=STATUSES,
    )


def _ask(connection: DuckDBPyConnection, name: str, parameters: Row) -> list[Row]:
    cursor = connection.execute((_SQL / f"{name}.sql").read_text("utf-8"), parameters)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, values, strict=True)) for values in cursor.fetchall()]


def _total(rows: Iterable[Row]) -> Row:
    found = list(rows)
    counts = {name: sum(row[name] for row in found) for name in _COUNTS}
    silent = sum(row["is_silent"] for row in found)
    return {**counts, "unwell": [f"{silent} silent"] if silent else []}


def _cell(row: Row | None) -> Markup:
    """What came of an outlet in an edition; its state is in words, not in colour alone."""
    if row is None:
        return Markup('<td class="n none">·</td>')
    unwell = row["unwell"]
    told = Markup("<small>{}</small>").format(_short(row)) if unwell else ""
    text = Markup("{}<small>of {}</small>{}").format(
        row["loaded"] + row["unchanged"], row["found"], told
    )
    kind = " amber" if unwell else ""
    return Markup('<td class="n{}" title="{}">{}</td>').format(kind, "; ".join(unwell), text)


def _short(row: Row) -> str:
    if row.get("is_silent"):
        return "silent"
    if row.get("looks") == 0:
        return "not asked"
    return "partly" if "looks" in row else "; ".join(row["unwell"])
