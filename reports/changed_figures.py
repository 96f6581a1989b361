"""Figures of earlier briefs that this publication gives otherwise, and why that may be.

A changed figure is printed, so it is a figure of this brief as well: the next one compares with
what was printed last, and tells of no change twice.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from reports.figures import Figure, figures_now
from reports.lists import Row, query

_ABOUT = re.compile(r"(\d{4}-\d\d-\d\d) (.*)", re.DOTALL)
_GROWING = "stories["  # a story goes on: what later editions add to it is no correction
_FIGURE = re.compile(r"(?P<list>\w+)(?:\[(?P<key>.*)\])?\.(?P<column>\w+)", re.DOTALL)
_GONE = {
    "coverage": "an outlet that is gone now",
    "pairs": "a pair of names that is gone now",
    "stories": "a story that is gone now",
    "themes": "a theme that is gone now",
}
LATER = "later editions added to it"
_OTHER_EDITIONS = 8  # the rank in figure_causes.sql of editions before it; later ones are 9


@dataclass(frozen=True)
class ChangedFigure:
    """A figure about `edition`, as it was printed last and as it is now.

    `figure` is its name among all figures; `subject` and `measure` say it to a reader.
    """

    edition: date
    figure: str
    subject: str
    measure: str
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
        return self._is_of_stories and self.causes == [LATER]

    @property
    def anchor(self) -> str:
        """Its place on the page of changes; one edition can be there in several publications."""
        return f"{self.edition}-{self.printed_in}{'-stories' if self._is_of_stories else ''}"

    @property
    def _is_of_stories(self) -> bool:
        return all(one.figure.startswith(_GROWING) for one in self.figures)


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
    others = [row for row in asked if now[row["sql"]] != row["value"]]
    names = _names(connection, others)
    changed: dict[tuple[date, str, bool], list[ChangedFigure]] = {}
    for row in others:
        key = (_about(row), row["publication_id"], _is_of_story(row))
        changed.setdefault(key, []).append(_changed(row, now[row["sql"]], names))
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


def _changed(row: Row, now: str, names: Mapping[tuple[str, str], str]) -> ChangedFigure:
    subject, measure = _said(_name(row), names)
    return ChangedFigure(_about(row), _name(row), subject, measure, row["value"], now, row["sql"])


def _names(
    connection: duckdb.DuckDBPyConnection, rows: Iterable[Row]
) -> dict[tuple[str, str], str]:
    """What the things are called that these figures are of, by list and key."""
    keys = sorted({told["key"] for row in rows if (told := _parts(row)) and told["key"]})
    found = query(connection, "figure_subjects", {"keys": keys}) if keys else []
    return {(row["list"], row["key"]): row["name"] for row in found}


def _parts(row: Row) -> re.Match[str] | None:
    return _FIGURE.fullmatch(_name(row))


def _said(figure: str, names: Mapping[tuple[str, str], str]) -> tuple[str, str]:
    """A figure's subject and measure: `themes[labour].day_stories` is `Labour`, `day stories`."""
    told = _FIGURE.fullmatch(figure)
    if told is None:
        return "a figure", figure.rpartition(".")[2]
    measure = told["column"].replace("_", " ")
    if told["key"] is None:
        return told["list"].replace("_", " "), measure
    if told["list"] == "usual":
        return f"usual {told['key'].replace('_', ' ')}", measure
    of = "themes" if told["list"] == "set_gaps" else told["list"]
    return names.get((of, told["key"])) or _GONE.get(of, "what is gone now"), measure


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
