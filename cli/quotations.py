"""How many words of others are quoted: forty of a sentence, three sentences of an article."""

import re

MOST_WORDS = 40
MOST_SENTENCES = 3
"""Of an article whose text may not leave; and no more than a quarter of its sentences."""

_MOST_LETTERS = 400  # for scripts that put no space between words
_WORDS_BEFORE = 12
_SPACE = r"\s\p{Z}"


def around(sentence: str, place: int = 0) -> str:
    """At most forty words of `sentence`, the one at offset `place` among them; `…` for the rest."""
    spans = [match.span() for match in re.finditer(r"\S+", sentence)]
    if len(spans) <= MOST_WORDS:
        return sentence
    at = sum(end <= place for _, end in spans)
    first = max(0, min(at - _WORDS_BEFORE, len(spans) - MOST_WORDS))
    last = first + MOST_WORDS - 1
    before, after = "… " if first else "", " …" if last < len(spans) - 1 else ""
    return before + sentence[spans[first][0] : spans[last][1]] + after


def cut(column: str) -> str:
    """SQL that gives a text column up to its fortieth word, with ' …' where words are left out."""
    words = rf"^(?:[^{_SPACE}]+[{_SPACE}]+){{0,{MOST_WORDS - 1}}}[^{_SPACE}]+"
    beginning = f"left(regexp_extract(trim({column}), '{words}'), {_MOST_LETTERS})"
    return (
        f"case when length({column}) < {2 * MOST_WORDS} then {column}"
        f" when {beginning} = trim({column}) then {column} else {beginning} || ' …' end"
    )
