"""Two wordings of an article side by side: the sentences that differ, their words marked."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup, escape

MOST_CHANGES = 4
LONGEST_WORDS = 40
LONGEST_LETTERS = 400  # for scripts that put no space between words
_MOST_SENTENCES = 2_000
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True)
class Change:
    """What stood there and what stands there now; either may be empty. Words differ in marks."""

    before: Markup
    after: Markup


def changes(before: tuple[str, str], after: tuple[str, str]) -> list[Change]:
    """What differs between two wordings, each a title and a text: the headline, then the text."""
    (old_title, old_text), (new_title, new_text) = before, after
    old, new = _sentences(old_text), _sentences(new_text)
    headline = [] if old_title == new_title else [_side_by_side(old_title, new_title)]
    return headline + [
        _side_by_side(" ".join(old[i:j]), " ".join(new[k:m]))
        for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if kind != "equal"
    ]


def _sentences(text: str) -> list[str]:
    found = (one.strip() for one in _SENTENCE_END.split(text))
    return [one for one in found if one][:_MOST_SENTENCES]


def _side_by_side(before: str, after: str) -> Change:
    old, new = _clipped(before), _clipped(after)
    parts = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return Change(
        before=_marked([(kind, old[i:j]) for kind, i, j, _, _ in parts], "del"),
        after=_marked([(kind, new[k:m]) for kind, _, _, k, m in parts], "ins"),
    )


def _clipped(text: str) -> list[str]:
    words = text.split()
    if len(words) <= LONGEST_WORDS and len(text) <= LONGEST_LETTERS:
        return words
    return [*" ".join(words[:LONGEST_WORDS])[:LONGEST_LETTERS].split(), "…"]


def _marked(parts: list[tuple[str, list[str]]], tag: str) -> Markup:
    return Markup(" ").join(
        escape(" ".join(words))
        if kind == "equal"
        else Markup("<{0}>{1}</{0}>").format(Markup(tag), " ".join(words))  # noqa: S704 (ours)
        for kind, words in parts
        if words
    )
