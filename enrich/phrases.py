"""Many phrases found in one pass over a text: folded for case and typography, word-bounded.

Folding never changes the length of a text, so offsets in the folded text are offsets in it.
"""

import re
import unicodedata
from collections.abc import Iterable

import ahocorasick_rs

from core.typography import fold_typography

_REST_OF_WORD = re.compile(r"\w*")
_FIRST_MARK = "\u0300"
"""No code point before it is a combining mark."""


def lower_in_place(text: str) -> str:
    """Lower case with as many code points as `text` (a few capitals have longer small forms)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := one.lower()) == 1 else one for one in text)


def is_word_bounded(text: str, start: int, end: int) -> bool:
    """Whether no word goes on before `start` or after `end`."""
    before_ok = start == 0 or not _in_word(text[start - 1]) or not _in_word(text[start])
    return before_ok and (
        end == len(text) or not _in_word(text[end]) or not _in_word(text[end - 1])
    )


def _in_word(character: str) -> bool:
    """Letters, digits and marks of scripts that put spaces between words."""
    if character.isalnum():
        return not "\u2e80" <= character <= "\ufaff"  # kana, ideographs and hangul join any word
    if character < _FIRST_MARK:
        return character == "_"
    return unicodedata.category(character).startswith("M")


def _is_acronym(phrase: str) -> bool:
    letters = [one for one in phrase if one.isalpha()]
    return 0 < len(letters) <= 4 and all(one.isupper() for one in letters)


class PhraseMatcher:
    """An automaton over phrases.

    A trailing `*` accepts any ending of the word; a phrase of at most four letters, all
    capitals, is matched with its case, every other one without.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = [unicodedata.normalize("NFC", phrase.strip()) for phrase in phrases]
        self._open = [phrase.endswith("*") for phrase in self.phrases]
        stems = [fold_typography(phrase.removesuffix("*")) for phrase in self.phrases]
        self._cased = [stem if _is_acronym(stem) else "" for stem in stems]
        self._automaton = ahocorasick_rs.AhoCorasick(
            [lower_in_place(stem) for stem in stems], store_patterns=False
        )

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Every hit as (number of the phrase, start, end), overlaps included."""
        folded = fold_typography(text)
        lowered = lower_in_place(folded)
        hits: list[tuple[int, int, int]] = []
        for phrase, start, found_end in self._automaton.find_matches_as_indexes(
            lowered, overlapping=True
        ):
            cased = self._cased[phrase]
            if cased and folded[start:found_end] != cased:
                continue
            end = found_end
            if self._open[phrase]:
                rest = _REST_OF_WORD.match(lowered, found_end)
                end = rest.end() if rest else found_end
            if is_word_bounded(lowered, start, end):
                hits.append((phrase, start, end))
        return hits
