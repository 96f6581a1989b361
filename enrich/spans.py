"""Spans of a text: names with their type, trimmed of what is not the name, and what is taken.

Overlap tests do not grow with the number of spans.
"""

import re
from typing import NamedTuple

_MARKS = r"[\s\"'“”‘’«»(\[,.;:*•·–—-]*"
_LEAD = re.compile(rf"{_MARKS}(?:(?:the|a|an)\s+)?{_MARKS}", re.IGNORECASE)
_TAIL = re.compile(r"(?:['’]s|['’])?[\s\"'“”‘’«»)\],;:!?*•·–—#&-]*\Z")
_VERSUS = re.compile(r"\s+(?:vs?\.?|versus)(?:\s+|\Z)", re.IGNORECASE)
_PERSON_AND = re.compile(rf"\s+(?:&|and)\s+|{_VERSUS.pattern}", re.IGNORECASE)
# A letter at either end and single spaces: nothing to trim.
_PLAIN = re.compile(r"(?!(?:the|a|an)\s)[^\W\d_]+(?:\x20[^\W\d_]+)*", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_MOST_CHARACTERS = 100


class Span(NamedTuple):
    """A name that the model sees at `[start, end)` of a section."""

    section: str
    start: int
    end: int
    entity_type: str


def trimmed(text: str, span: Span) -> Span | None:
    """The span without article, possessive and marks around it; None if nothing is left."""
    surface = text[span.start : span.end]
    if len(surface) <= _MOST_CHARACTERS and _PLAIN.fullmatch(surface):
        return span  # plain words, as most names are
    lead = _LEAD.match(surface)
    start = span.start + (lead.end() if lead else 0)
    tail = _TAIL.search(text[start : span.end]) if start < span.end else None
    end = start + tail.start() if tail else span.end
    if "(" in text[start:end] and text[end : end + 1] == ")" and end < span.end:
        end += 1
    surface = text[start:end]
    if len(surface) > _MOST_CHARACTERS or "\n" in surface or not _LETTER.search(surface):
        return None
    return Span(span.section, start, end, span.entity_type)


def parted(text: str, span: Span) -> list[Span]:
    """The span, or its parts where the model took two names for one ("Rick & Morty")."""
    joint = _PERSON_AND if span.entity_type == "PERSON" else _VERSUS
    starts, ends = [span.start], []
    for found in joint.finditer(text, span.start, span.end):
        ends.append(found.start())
        starts.append(found.end())
    pairs = zip(starts, [*ends, span.end], strict=True)
    return [span._replace(start=start, end=end) for start, end in pairs if start < end]


class Taken:
    """Marks half-open spans of a text of `length` code points as taken."""

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)

    def is_free(self, start: int, end: int) -> bool:
        return self._marks.find(1, start, end) < 0

    def take(self, start: int, end: int) -> None:
        self._marks[start:end] = b"\1" * (end - start)
