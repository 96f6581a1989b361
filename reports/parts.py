"""Sentences in parts, so that a page can lead from each number and place, and a mail has words."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """Words with a number in them, the list that it is of, and its row there."""

    text: str
    listing: str
    key: str = ""


@dataclass(frozen=True)
class Place:
    """Words that lead to another place of the page."""

    text: str
    anchor: str


type Part = str | Number | Place


def in_words(parts: Iterable[Part]) -> str:
    """The sentence as plain text."""
    return "".join(part if isinstance(part, str) else part.text for part in parts)
