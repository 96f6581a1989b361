"""What the models of all configuration files share: ids, phrases, and what they refuse."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

type Place = tuple[int | str, ...]
"""Keys and indexes that lead to a value of a configuration file."""

_CUE = re.compile(r"[^*]*[^*\s]\*?")
_JOINERS = "\u200c\u200d"
_FIRST_JOINED = "\u0590"
"""No letter before it belongs to a script that writes joiners within words."""


class Misplaced(ValueError):
    """A fault between entries, told at `place` below the model that found it."""

    def __init__(self, place: Place, fault: str) -> None:
        super().__init__(fault)
        self.place = place


def _readable(phrase: str) -> str:
    """Raise ValueError where nothing can be read in a phrase, or something is not seen."""
    if not any(map(str.isalnum, phrase)):
        raise ValueError(f"'{phrase}' has no letter and no digit; write words, or remove it")
    if phrase.isprintable():
        return phrase
    for place, character in enumerate(phrase):
        if unicodedata.category(character) not in ("Cc", "Cf") or character in "\t\n":
            continue
        joins = character in _JOINERS and place > 0 and phrase[place - 1] >= _FIRST_JOINED
        if not joins:
            raise ValueError(
                f"the invisible character U+{ord(character):04X} stands in it after "
                f"'{phrase[:place]}'; remove it, no text is written so"
            )
    return phrase


def _one_star(phrase: str) -> str:
    if not _CUE.fullmatch(phrase.strip()):
        raise ValueError(
            f"'{phrase}' has a * that does not end a word at its end; only the last sign may be one"
        )
    return phrase


Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Phrase = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_readable)]
Cue = Annotated[Phrase, AfterValidator(_one_star)]
"""A phrase that is looked for in texts; a trailing `*` accepts any ending of the word."""


class Model(BaseModel):
    """A frozen part of the configuration; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def refuse_repeats(kind: str, key: str, ids: Sequence[str]) -> None:
    """Raise Misplaced where an id of the entries under `key` is used twice."""
    first: dict[str, int] = {}
    for place, one in enumerate(ids):
        if first.setdefault(one, place) != place:
            raise Misplaced((key, place), f"{kind} id '{one}' is used twice; ids must be unique")


def refuse_cycles(kind: str, key: str, parents: dict[str, str | None]) -> None:
    """Raise Misplaced where a parent is unknown, or an ancestor of itself.

    `parents` holds the entries under `key` in their order.
    """
    for place, (start, parent) in enumerate(parents.items()):
        if parent is not None and parent not in parents:
            raise Misplaced(
                (key, place, "parent"), f"{kind} '{start}' has the unknown parent '{parent}'"
            )
        seen, node = {start}, parent
        while node is not None:
            if node == start:
                fault = f"{kind} '{start}' is its own ancestor; remove the cycle"
                raise Misplaced((key, place, "parent"), fault)
            if node in seen or node not in parents:
                break  # told at the entry that it belongs to
            seen.add(node)
            node = parents[node]
