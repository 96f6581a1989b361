"""Marks around places of a text, nested as markup must be; no character is lost or moved.

Where two marks cross, the later one is split: its pieces share its number.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Literal, NamedTuple

from core.explanation import Evidence, Explanation, Mention, ThemeAccount

_PARAGRAPH = re.compile(r"[^\n]*\n*")


class Mark(NamedTuple):
    """A place `[start, end)` to be marked; `number` tells evidence and names apart by count."""

    start: int
    end: int
    kind: Literal["evidence", "name"]
    number: int


@dataclass(frozen=True)
class Piece:
    """A part of a mark, with what is in it: strings and smaller pieces, in order."""

    mark: Mark
    is_first: bool
    is_last: bool
    inside: list["Piece | str"]


class Reason(NamedTuple):
    """Why an evidence mark stands there: a theme and its evidence."""

    theme: ThemeAccount
    evidence: Evidence


@dataclass(frozen=True)
class Paragraph:
    """A stretch of a section with its line ends; `reasons` by number of the marks that begin here.

    Paragraphs in order, marks left out, are the section.
    """

    content: list[Piece | str]
    reasons: list[tuple[int, list[Reason]]]


@dataclass(frozen=True)
class Name:
    """Mentions that agree in entity, surface and rule, as one row with a number of its own."""

    number: int
    mentions: list[Mention]


@dataclass(frozen=True)
class Marked:
    """An explanation's text with its marks, and the rows that they lead to."""

    title: list[Paragraph]
    body: list[Paragraph]
    names: list[Name]
    number_of: dict[tuple[str, int, int], int]
    """The number of the evidence mark at (section, start, end)."""


def marked_text(explanation: Explanation) -> Marked:
    """Number evidence in order of place and names in order of first mention, and nest both."""
    reasons: dict[tuple[str, int, int], list[Reason]] = {}
    for theme in explanation.themes:
        for one in theme.evidence:
            place = (one.section, one.start, one.end)
            reasons.setdefault(place, []).append(Reason(theme, one))
    order = sorted(reasons, key=lambda place: (place[0] != "title", place[1], -place[2]))
    number_of = {place: number for number, place in enumerate(order, start=1)}
    names = _names(explanation.mentions)

    def paragraphs(section: str) -> list[Paragraph]:
        marks = [
            Mark(place[1], place[2], "evidence", number)
            for place, number in number_of.items()
            if place[0] == section
        ]
        marks += [
            Mark(one.start, one.end, "name", name.number)
            for name in names
            for one in name.mentions
            if one.section == section
        ]
        told = {number: reasons[place] for place, number in number_of.items()}
        return list(_paragraphs(explanation.section(section), marks, told))

    return Marked(paragraphs("title"), paragraphs("body"), names, number_of)


def nested(text: str, start: int, end: int, marks: Iterable[Mark]) -> list[Piece | str]:
    """`text[start:end]` with the marks that touch it, cut to it; evidence outside of names."""
    cut = [_part(max(mark.start, start), min(mark.end, end), mark) for mark in marks]
    return _nested(text, start, end, [one for one in cut if one.start < one.end])


class _Part(NamedTuple):
    """A stretch of a mark; parts sort by start, then the longer, then evidence first."""

    start: int
    end_back: int
    mark: Mark

    @property
    def end(self) -> int:
        return -self.end_back


def _part(start: int, end: int, mark: Mark) -> _Part:
    return _Part(start, -end, mark)


def _nested(text: str, start: int, end: int, parts: list[_Part]) -> list[Piece | str]:
    """`parts` lie within `[start, end)`."""
    heapify(parts)
    content: list[Piece | str] = []
    at = start
    while parts:
        outer = heappop(parts)
        inner: list[_Part] = []
        crossing: list[_Part] = []
        while parts and parts[0].start < outer.end:
            one = heappop(parts)
            inner.append(_part(one.start, min(one.end, outer.end), one.mark))
            if one.end > outer.end:
                crossing.append(_part(outer.end, one.end, one.mark))
        for one in crossing:
            heappush(parts, one)
        if at < outer.start:
            content.append(text[at : outer.start])
        whole = outer.mark
        is_first, is_last = outer.start == whole.start, outer.end == whole.end
        inside = _nested(text, outer.start, outer.end, inner)
        content.append(Piece(whole, is_first, is_last, inside))
        at = outer.end
    if at < end:
        content.append(text[at:end])
    return content


def _paragraphs(
    text: str, marks: Sequence[Mark], reasons: dict[int, list[Reason]]
) -> Iterator[Paragraph]:
    marks = sorted(marks, key=lambda mark: (mark.start, -mark.end))
    starts = [mark.start for mark in marks]
    open_marks: list[Mark] = []
    for found in _PARAGRAPH.finditer(text):
        start, end = found.span()
        if start == end:
            continue
        begun = marks[bisect_left(starts, start) : bisect_left(starts, end)]
        touching = [mark for mark in open_marks if mark.end > start] + list(begun)
        yield Paragraph(
            nested(text, start, end, touching),
            [(one.number, reasons[one.number]) for one in begun if one.kind == "evidence"],
        )
        open_marks = touching


def _names(mentions: Iterable[Mention]) -> list[Name]:
    """Rows in order of the entity's first mention; the surfaces of an entity stand together."""
    grouped: dict[str, dict[tuple[str, str | None], list[Mention]]] = {}
    for one in mentions:
        by_surface = grouped.setdefault(one.entity_id, {})
        by_surface.setdefault((one.surface, one.link_rule), []).append(one)
    rows = [found for by_surface in grouped.values() for found in by_surface.values()]
    return [Name(number, found) for number, found in enumerate(rows, start=1)]
