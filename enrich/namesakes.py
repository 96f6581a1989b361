"""Where a curated name is somebody else's: part of a longer name, or the surname of a person there.

A link is then not made to the curated entry; the longer name or the person has one of its own.
"""

import re
from collections.abc import Iterable, Sequence

from enrich.gazetteer import NameHit
from enrich.spans import Span

# Words that make no other name: titles before a person, the legal form behind a firm.
_EMPTY = re.compile(
    r"""the|an?|mr|mrs|ms|miss|dr|sir|dame|lord|lady|vice|president|prime|minister|chancellor
    |sen|senator|rep|representative|congressman|congresswoman|gov|governor|mayor|judge|justice|king|queen
    |prince|princess|pope|gen|general|secretary|chairman|ceo|inc|corp|corporation|co|company|ltd
    |llc|plc|ag|sa|group|holdings""",
    re.VERBOSE | re.IGNORECASE,
)
_PROPER_WORD = re.compile(r"\b[A-Z]\w+")


def is_part_of_another(text: str, span: Span, hit: NameHit, hits: Sequence[NameHit]) -> bool:
    """Whether the model's name around the curated `hit`, one of `hits`, is of something else.

    Of another kind: "Virginia" in "Virginia Woolf". Of the same kind with one more proper word:
    "Republican Party" in "Italian Republican Party"; but "Amazon" in "Amazon-owned MGM Studios",
    if seen as one, is one of two curated names.
    """
    if (span.start, span.end) == (hit.start, hit.end):
        return False
    if span.start > hit.start or span.end < hit.end:
        return False
    if span.entity_type != hit.name.entity_type:
        return span.entity_type == "PERSON" or hit.name.entity_type in {"PLACE", "PERSON"}
    if any(_is_beside(other, hit, span) for other in hits):
        return False
    around = f"{text[span.start : hit.start]} {text[hit.end : span.end]}"
    more = _PROPER_WORD.findall(around)
    return "," not in around and not all(_EMPTY.fullmatch(word) for word in more)


def _is_beside(other: NameHit, hit: NameHit, span: Span) -> bool:
    """Whether another curated name of that kind stands in the span, apart from `hit`."""
    apart = other.end <= hit.start or other.start >= hit.end
    inside = span.start <= other.start and other.end <= span.end
    return apart and inside and other.name.entity_type == span.entity_type


class Surnames:
    """The surnames of the persons that a document names in full."""

    def __init__(self) -> None:
        self._last_words: set[str] = set()
        self._named_in_full: set[str] = set()

    def read(self, text: str, spans: Iterable[Span], hits: Iterable[NameHit]) -> None:
        """Take in the names of a section: the model's and the curated."""
        persons = [text[one.start : one.end] for one in spans if one.entity_type == "PERSON"]
        for hit in hits:
            if " " in hit.name.alias:
                self._named_in_full.add(hit.name.entity_id)
                if hit.name.entity_type == "PERSON":
                    persons.append(hit.name.alias)
        for person in persons:
            words = person.split()
            if len(words) > 1:
                self._last_words.add(words[-1])

    def have(self, hit: NameHit) -> bool:
        """Whether the name is the surname of a person, and its own entity never named in full."""
        return hit.name.alias in self._last_words and hit.name.entity_id not in self._named_in_full
