"""The words of a text, in lower case, fast."""

import re

_WORD = re.compile(r"\w+")
# Runs of ASCII are parted by table and split, at half the price of the expression.
_PARTING = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
_SIGNS = "’‘“”–—…•£€\xa0"
"""The signs that most often keep a text from being ASCII; none of them is part of a word."""


def lower_words(text: str) -> list[str]:
    """Every run of letters, digits and low lines, in lower case and in order."""
    lowered = text.lower()
    if not lowered.isascii():
        for sign in _SIGNS:
            lowered = lowered.replace(sign, " ")
    if lowered.isascii():
        return lowered.translate(_PARTING).split()
    found: list[str] = _WORD.findall(lowered)
    return found
