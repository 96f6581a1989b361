"""Figures of earlier briefs that this publication gives otherwise, and why that may be.

A changed figure is printed, so it is a figure of this brief as well: the next one compares with
what was printed last, and tells of no change twice.
"""

import re
from dataclasses import dataclass
from datetime import date

import duckdb

from reports.figures import Figure, figures_now
from reports.lists import Row, query

_ABOUT = re.compile(r"(\d{4}-\d\d-\d\d) (.*)", re.DOTALL)
_GROWING = "stories["  # a story goes on: what later editions add to it is no correction
LATER = "later editions added to it"


@dataclass(frozen=True)
class ChangedFigure:
    """A figure about `edition`, as it was printed last and as it is now."""

    edition: date
    figure: str
    was: str
    now: str
    sql: str

    @property
    def as_printed(self) -> Figure:
        return Figure(f"{self.edition} {self.figure}", self.now, self.sql)


@dataclass(frozen=True)
class ChangedEdition:
    """What changed of the figures about one edition, since the publication that they are from."""

    edition: date
    printed_in: str
    causes: list[str]
    figures: list[ChangedFigure]

    @property
    def only_grew(self) -> bool:
        """Whether these are stories that went on, and nothing else happened."""
        is_story = all(one.figure.startswith(_GROWING) for one in self.figures)
        return is_story and self.causes == [LATER]


def changed_figures(
    connection: duckdb.DuckDBPyConnection, publication_id: str, edition: date
) -> list[ChangedEdition]:
    """What changed of the figures that briefs of the last 28 days printed, by edition."""
    this = {"publication_id": publication_id}
    printed = query(connection, "printed_figures", {**this, "edition": edition})
    now = figures_now(connection, (row["sql"] for row in printed))
    changed: dict[tuple[date, str, bool], list[ChangedFigure]] = {}
    for row in printed:
        if now[row["sql"]] != row["value"]:
            one = _changed(row, now[row["sql"]])
            is_story = one.figure.startswith(_GROWING)
            changed.setdefault((one.edition, row["publication_id"], is_story), []).append(one)
    return [
        ChangedEdition(about, then, _causes(connection, about, then, publication_id), figures)
        for (about, then, _), figures in sorted(changed.items(), key=lambda one: one[0])
    ]


def _changed(row: Row, now: str) -> ChangedFigure:
    """A figure told of as changed before carries the edition that it is about in its name."""
    told = _ABOUT.fullmatch(row["figure"])
    about = date.fromisoformat(told[1]) if told else row["edition"]
    return ChangedFigure(about, told[2] if told else row["figure"], row["value"], now, row["sql"])


def _causes(
    connection: duckdb.DuckDBPyConnection, about: date, printed_in: str, publication_id: str
) -> list[str]:
    """What happened since that can change a figure of the edition, the likeliest first.

    That other editions were taken in is said only where nothing else happened.
    """
    given = {"about": about, "printed_in": printed_in, "publication_id": publication_id}
    rows = query(connection, "figure_causes", given)
    weighty = [row for row in rows if row["rank"] < 8]
    return [row["words"] for row in weighty or rows]
