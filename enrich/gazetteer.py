"""Curated names found in a text: case-sensitive, word-bounded, the longest name wins.

A name that is also something else (`Apple`, `Oracle`) is a candidate that needs agreement: a
phrase of its context in the article, or the statistical model seeing a name of its type there.
"""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import ahocorasick_rs

from core.config import Entities
from core.typography import fold_typography, name_key
from enrich.phrases import PhraseMatcher, is_word_bounded
from enrich.spans import Taken


class Name(NamedTuple):
    """An alias of an entity; `context` is empty where the alias is unambiguous."""

    alias: str
    entity_id: str
    entity_type: str
    context: tuple[str, ...]

    @property
    def needs_agreement(self) -> bool:
        return bool(self.context)


class NameHit(NamedTuple):
    """A name at `[start, end)` of a section; `needs_agreement` until context or model agrees."""

    start: int
    end: int
    name: Name

    @property
    def needs_agreement(self) -> bool:
        return self.name.needs_agreement


class Gazetteer:
    """All names of `entities.yml` in one automaton."""

    def __init__(self, entities: Entities) -> None:
        self.names = [
            Name(
                name_key(alias.alias),
                entity.id,
                entity.type,
                tuple(alias.context),
            )
            for entity in entities.entities
            for alias in entity.names
        ]
        self.title_of = {entity.id: entity.name for entity in entities.entities}
        self.type_of = {entity.id: entity.type for entity in entities.entities}
        self.qid_of = {entity.id: entity.qid for entity in entities.entities if entity.qid}
        self._automaton = ahocorasick_rs.AhoCorasick(
            [name.alias for name in self.names], store_patterns=False
        )

    @cached_property
    def _contexts(self) -> tuple[PhraseMatcher, list[frozenset[str]]]:
        """One automaton over all context phrases, and per phrase the names that it speaks for."""
        speaks_for: dict[str, set[str]] = {}
        for name in self.names:
            for phrase in name.context:
                speaks_for.setdefault(phrase, set()).add(_context_key(name))
        return PhraseMatcher(speaks_for), [frozenset(keys) for keys in speaks_for.values()]

    def find(self, text: str) -> list[NameHit]:
        """Every word-bounded hit of a name, overlaps included, in order of their ends."""
        folded = fold_typography(text)
        return [
            NameHit(start, end, self.names[number])
            for number, start, end in self._automaton.find_matches_as_indexes(
                folded, overlapping=True
            )
            if is_word_bounded(folded, start, end)
        ]

    def context_check(self, *sections: str) -> Callable[[Name], bool]:
        """A test whether a phrase of a name's context stands in any of the sections.

        The sections are read only when the first ambiguous name asks.
        """
        present: set[str] | None = None

        def has_context(name: Name) -> bool:
            nonlocal present
            if present is None:
                matcher, speaks_for = self._contexts
                present = set()
                for section in sections:
                    for phrase, _, _ in matcher.find(section):
                        present |= speaks_for[phrase]
            return _context_key(name) in present

        return has_context


def _context_key(name: Name) -> str:
    return f"{name.entity_id}\0{name.alias}"


def longest(hits: list[NameHit]) -> list[NameHit]:
    """Non-overlapping hits in order of place; of overlapping ones the longest, then leftmost."""
    taken = Taken(max((hit.end for hit in hits), default=0))
    kept: list[NameHit] = []
    for hit in sorted(hits, key=lambda one: (one.start - one.end, one.start)):
        if taken.is_free(hit.start, hit.end):
            taken.take(hit.start, hit.end)
            kept.append(hit)
    return sorted(kept)
