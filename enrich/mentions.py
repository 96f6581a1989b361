"""The mentions of a document: curated names first, then the model's, then short forms.

Rules, in this order:
- a curated name is taken with its curated type; an ambiguous one only if a phrase of its context
  stands in the article or the model sees a name of the same type there;
- a longer name of the model beats a curated one inside it only where the two are plainly
  different things ("Paris" in "Paris Hilton"), and a person named in full one that is only the
  surname ("Ford" after "Gerald Ford");
- a place that is part of a longer name, or stands for a team, is not linked to the place;
- a new name has one type in a document, the one that the model sees most often;
- a surname after the full name of one person, or an acronym after "Long Name (LN)", is that entity;
- leading articles and possessives are not part of a mention;
- a mention lies in one sentence; what crosses a border of sentences is no mention.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from core.identity import local_entity_id
from enrich.document import Document
from enrich.gazetteer import Gazetteer, Name, NameHit, longest
from enrich.links import NAME, NAME_IN_CONTEXT, NAME_SEEN, NEW_NAME, SHORT_FORM, Link
from enrich.namesakes import Surnames, is_part_of_another
from enrich.phrases import is_word_bounded
from enrich.senses import is_part_of_longer_name, is_person, is_team, words_of_sport
from enrich.sentences import BODY, TITLE, SentenceIndex
from enrich.spans import Span, Taken, trimmed

_ACRONYM_AFTER = re.compile(r"\s?\(([A-Z][A-Z-]{1,7})\)")


class Mention(NamedTuple):
    """An entity named at `[start, end)` of a section, in sentence `sentence_no`."""

    section: str
    start: int
    end: int
    sentence_no: int
    entity_id: str
    entity_type: str
    link: Link


class _Candidate(NamedTuple):
    section: str
    start: int
    end: int
    entity_id: str
    entity_type: str
    link: Link


def find_mentions(document: Document, gazetteer: Gazetteer, spans: Sequence[Span]) -> list[Mention]:
    """All mentions in order of place, none overlapping; `spans` are the model's names."""
    has_context = gazetteer.context_check(document.title, document.text)
    sport = words_of_sport(document.title, document.text)
    sections = [_read(document, section, gazetteer, spans) for section in (TITLE, BODY)]
    surnames = Surnames()
    for section, seen, hits in sections:
        surnames.read(document.section(section), seen, hits)
    candidates: list[_Candidate] = []
    free: list[Span] = []
    for section, seen, hits in sections:
        text = document.section(section)
        curated = _curated(text, hits, seen, has_context, surnames)
        curated = _meant(text, curated, seen, sport)
        candidates += [_of_name(section, hit, link) for hit, link in curated]
        free += _free(len(text), seen, [hit for hit, _ in curated])
    candidates = _with_short_forms(document, candidates + _new_names(document, free))
    index = SentenceIndex(document.sentences)
    mentions = [
        Mention(one.section, one.start, one.end, sentence.number, *one[3:])
        for one in candidates
        if (sentence := index.holding(one.section, one.start, one.end)) is not None
    ]
    return sorted(mentions, key=lambda one: (one.sentence_no, one.start))


def _read(
    document: Document, section: str, gazetteer: Gazetteer, spans: Sequence[Span]
) -> tuple[str, list[Span], list[NameHit]]:
    """The model's names of a section, trimmed, and all that the gazetteer finds there."""
    text = document.section(section)
    own = (one for one in spans if one.section == section)
    seen = [one for span in own if (one := trimmed(text, span)) is not None]
    return section, seen, gazetteer.find(text)


def _curated(
    text: str,
    hits: list[NameHit],
    seen: list[Span],
    has_context: Callable[[Name], bool],
    surnames: Surnames,
) -> list[tuple[NameHit, Link]]:
    links: dict[NameHit, Link] = {}
    starts, ends = [one.start for one in seen], [one.end for one in seen]
    hit_ends = [hit.end for hit in hits]

    def within(span: Span) -> list[NameHit]:
        return hits[bisect_right(hit_ends, span.start) : bisect_right(hit_ends, span.end)]

    for hit in hits:
        # The model's names do not overlap each other, so their ends are sorted as their starts.
        overlapping = seen[bisect_right(ends, hit.start) : bisect_left(starts, hit.end)]
        if any(is_part_of_another(text, one, hit, within(one)) for one in overlapping):
            continue
        agrees = any(
            (one.start, one.end, one.entity_type) == (hit.start, hit.end, hit.name.entity_type)
            for one in overlapping
        )
        if surnames.have(hit) and not (agrees and hit.name.entity_type == "PLACE"):
            continue
        if agrees:
            links[hit] = NAME_SEEN
        elif not hit.needs_agreement:
            links[hit] = NAME
        elif has_context(hit.name):
            links[hit] = NAME_IN_CONTEXT
    return [(hit, links[hit]) for hit in longest(list(links))]


def _meant(
    text: str, curated: list[tuple[NameHit, Link]], seen: list[Span], sport: int
) -> list[tuple[NameHit, Link]]:
    """Without the names of places that do not mean the place; `sport` counts words of sport."""
    begins = {one.start for one in seen}.__contains__
    persons: dict[int, int] = {}
    for one in seen:
        if one.entity_type == "PERSON":
            persons |= {one.start: one.end, one.end: one.start}

    def is_meant(start: int, end: int) -> bool:
        return not (
            is_part_of_longer_name(text, start, end, begins)
            or is_person(text, start, end, persons)
            or is_team(text, start, sport)
        )

    return [
        (hit, link)
        for hit, link in curated
        if hit.name.entity_type != "PLACE" or is_meant(hit.start, hit.end)
    ]


def _free(length: int, seen: list[Span], curated: list[NameHit]) -> list[Span]:
    """The model's names that touch no curated one."""
    taken = Taken(length)
    for hit in curated:
        taken.take(hit.start, hit.end)
    return [one for one in seen if taken.is_free(one.start, one.end)]


def _of_name(section: str, hit: NameHit, link: Link) -> _Candidate:
    name = hit.name
    return _Candidate(section, hit.start, hit.end, name.entity_id, name.entity_type, link)


def _new_names(document: Document, spans: list[Span]) -> list[_Candidate]:
    """The model's names as local entities; a name seen with several types has the commonest."""
    surfaces = [document.section(one.section)[one.start : one.end] for one in spans]
    votes = Counter(zip(surfaces, (one.entity_type for one in spans), strict=True))
    types: dict[str, str] = {}
    for (surface, kind), _ in votes.most_common():
        types.setdefault(surface, kind)
    ids = {surface: local_entity_id(kind, surface) for surface, kind in types.items()}
    return [
        _Candidate(one.section, one.start, one.end, ids[surface], types[surface], NEW_NAME)
        for surface, one in zip(surfaces, spans, strict=True)
    ]


# short forms ------------------------------------------------------------------------------


def _with_short_forms(document: Document, candidates: list[_Candidate]) -> list[_Candidate]:
    """Candidates with the short forms of longer names linked like the longer ones."""
    short = _short_forms(document, candidates)
    if not short:
        return candidates
    kept = []
    for one in candidates:
        target = short.get(document.section(one.section)[one.start : one.end])
        if target is not None and one.link is NEW_NAME and target.entity_id != one.entity_id:
            kept.append(_short(one.section, one.start, one.end, target))
        else:
            kept.append(one)
    return kept + _unseen(document, kept, short)


def _short(section: str, start: int, end: int, long: _Candidate) -> _Candidate:
    return _Candidate(section, start, end, long.entity_id, long.entity_type, SHORT_FORM)


def _short_forms(document: Document, candidates: list[_Candidate]) -> dict[str, _Candidate]:
    """Surnames and bracketed acronyms that stand for exactly one entity of the document."""
    meant: dict[str, dict[str, _Candidate]] = {}
    for one in candidates:
        text = document.section(one.section)
        words = text[one.start : one.end].split()
        if one.entity_type == "PERSON" and len(words) > 1:
            surname = words[-1]
            if len(surname) > 2 and surname[0].isupper() and surname.isalpha():
                meant.setdefault(surname, {})[one.entity_id] = one
        elif one.entity_type == "ORG" and len(words) > 1:
            bracket = _ACRONYM_AFTER.match(text, one.end)
            if bracket and bracket.group(1)[0] in {word[0] for word in words}:
                meant.setdefault(bracket.group(1), {})[one.entity_id] = one
    return {short: next(iter(ids.values())) for short, ids in meant.items() if len(ids) == 1}


def _unseen(
    document: Document, candidates: list[_Candidate], short: dict[str, _Candidate]
) -> list[_Candidate]:
    """Short forms in the body that neither gazetteer nor model saw."""
    text = document.text
    taken = Taken(len(text))
    for one in candidates:
        if one.section == BODY:
            taken.take(one.start, one.end)
    found = []
    for surface in sorted(short, key=len, reverse=True):
        for start, end in _places(surface, text):
            if taken.is_free(start, end) and is_word_bounded(text, start, end):
                taken.take(start, end)
                found.append(_short(BODY, start, end, short[surface]))
    return found


def _places(surface: str, text: str) -> Iterator[tuple[int, int]]:
    """Where `surface` stands in the text, in order, none overlapping."""
    end = 0
    while (start := text.find(surface, end)) >= 0:
        end = start + len(surface)
        yield start, end
