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
_OTHER_EDITIONS = 8  # the rank in figure_causes.sql of editions before it; later ones are 9


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
    """What changed of the figures that briefs of the last 28 days printed, by edition.

    Figures of stories go on with every edition. All others are asked again only where something
    happened to their edition, or to one before it: the tables are a function of that.
    """
    this = {"publication_id": publication_id}
    printed = query(connection, "printed_figures", {**this, "edition": edition})
    causes = {
        place: _causes(connection, *place, publication_id)
        for place in dict.fromkeys((_about(row), row["publication_id"]) for row in printed)
    }
    asked = [
        row
        for row in printed
        if _is_of_story(row) or causes[_about(row), row["publication_id"]].may_change_all
    ]
    now = figures_now(connection, (row["sql"] for row in asked))
    changed: dict[tuple[date, str, bool], list[ChangedFigure]] = {}
    for row in asked:
        if now[row["sql"]] != row["value"]:
            key = (_about(row), row["publication_id"], _is_of_story(row))
            changed.setdefault(key, []).append(_changed(row, now[row["sql"]]))
    return [
        ChangedEdition(about, then, causes[about, then].words, figures)
        for (about, then, _), figures in sorted(changed.items(), key=lambda one: one[0])
    ]


def _name(row: Row) -> str:
    """The figure's own name; one told of as changed before has its edition before it."""
    told = _ABOUT.fullmatch(row["figure"])
    return told[2] if told else row["figure"]


def _about(row: Row) -> date:
    told = _ABOUT.fullmatch(row["figure"])
    about: date = date.fromisoformat(told[1]) if told else row["edition"]
    return about


def _is_of_story(row: Row) -> bool:
    return _name(row).startswith(_GROWING)


def _changed(row: Row, now: str) -> ChangedFigure:
    return ChangedFigure(_about(row), _name(row), row["value"], now, row["sql"])


@dataclass(frozen=True)
class _Causes:
    """What happened that can change a figure; without `may_change_all` only stories went on."""

    words: list[str]
    may_change_all: bool


def _causes(
    connection: duckdb.DuckDBPyConnection, about: date, printed_in: str, publication_id: str
) -> _Causes:
    """What happened since that can change a figure of the edition, the likeliest first.

    That other editions were taken in is said only where nothing else happened.
    """
    given = {"about": about, "printed_in": printed_in, "publication_id": publication_id}
    rows = query(connection, "figure_causes", given)
    weighty = [row for row in rows if row["rank"] < _OTHER_EDITIONS]
    return _Causes(
        [row["words"] for row in weighty or rows],
        may_change_all=any(row["rank"] <= _OTHER_EDITIONS for row in rows),
    )
