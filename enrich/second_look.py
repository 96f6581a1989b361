"""A second look at the model's names: a better type, or none, from the words in and around them.

The recogniser was made for edited prose; elsewhere it takes first names for firms and shouting for
names. A linear classifier over word vectors, learned by `python -m eval.second_look` from labelled
tweets, encyclopaedia and the model's own reading of news, judges each name again.
"""

import re
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from enrich.spans import Span, trimmed

WEIGHTS = Path(__file__).with_name("second_look.npy")
TYPES = ("PERSON", "ORG", "PLACE")
CLASSES = (*TYPES, "NONE")
_SEEN_AS = (*TYPES, "PRODUCT", "WORK", "EVENT", "OTHER")
_SLOTS = 4
"""Word vectors: the mean inside the name, its last word, the one before, the one after."""
_LEAST_NAME = 0.35
"""A name is dropped if it is less likely than this to be one."""
_RETYPED = 1.3
"""Another type must be so many times as likely as the model's."""
_NEAR = 40
_WORD = re.compile(r"\w[\w'’-]*|\S")
_TRIPLED = re.compile(r"(.)\1\1", re.IGNORECASE)
_NOT_LETTERS = bytes(set(range(256)) - set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))

type Floats = npt.NDArray[np.float32]


class Words:
    """The rows of the model's vectors by word; the last row, all zero, is for unknown words."""

    def __init__(self, vocabulary: Any) -> None:
        self._vectors, self._strings = vocabulary.vectors, vocabulary.strings
        table = np.asarray(self._vectors.data, dtype=np.float32)
        lengths = np.linalg.norm(table, axis=1, keepdims=True)
        table = table / np.where(lengths > 0, lengths, 1)
        self.table: Floats = np.vstack([table, np.zeros_like(table[:1])])
        self.unknown = len(self.table) - 1

    def row(self, word: str) -> int:
        row = int(self._vectors.find(key=self._strings[word]))
        return row if row >= 0 else self.unknown


class SecondLook:
    """The classifier, its vectors multiplied out: a look-up and a sum for each word of a name."""

    def __init__(self, words: Words, weights: Floats) -> None:
        width = words.table.shape[1] * _SLOTS
        slots = np.split(weights[:width], _SLOTS)
        self._words = words
        self._slots = [words.table @ slot for slot in slots]
        self._rest = weights[width:]

    def judged(self, text: str, spans: Sequence[Span]) -> list[Span]:
        """The spans that remain, with their types."""
        shouting = share_of_capitals(text)
        names = [
            (span, features(self._words, text, core, shouting))
            for span in spans
            if span.entity_type in TYPES and (core := trimmed(text, span)) is not None
        ]
        if not names:
            return list(spans)
        odds = self._odds([told for _, told in names])
        verdicts = {span: _verdict(span, one) for (span, _), one in zip(names, odds, strict=True)}
        return [one for span in spans if (one := verdicts.get(span, span)) is not None]

    def _odds(self, names: Sequence[tuple[list[list[int]], Floats]]) -> Floats:
        """How likely each class is for each name; a row has any scale. All at once, for speed."""
        inside = [rows[0] for rows, _ in names]
        counts = np.array([len(one) for one in inside])
        starts = np.cumsum(counts) - counts
        sums = np.add.reduceat(self._slots[0][list(chain.from_iterable(inside))], starts)
        scores = sums / counts[:, None].astype(np.float32)
        scores += np.array([rest for _, rest in names]) @ self._rest
        for number, slot in enumerate(self._slots[1:], start=1):
            scores += slot[[rows[number][0] for rows, _ in names]]
        odds: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
        return odds


def _verdict(span: Span, odds: Floats) -> Span | None:
    """The span with the type that fits it, or None if it is no name; `odds` by class."""
    *types, none = odds.tolist()
    if sum(types) < _LEAST_NAME * (sum(types) + none):
        return None
    seen, best = types[TYPES.index(span.entity_type)], max(types)
    return span if best < _RETYPED * seen else span._replace(entity_type=TYPES[types.index(best)])


def features(
    words: Words, text: str, span: Span, shouting: float
) -> tuple[list[list[int]], Floats]:
    """The rows of the words of each slot, and the other features of a trimmed span."""
    surface = text[span.start : span.end]
    inside = _WORD.findall(surface)
    before = _WORD.findall(text[max(span.start - _NEAR, 0) : span.start])[-1:]
    after = _WORD.findall(text[span.end : span.end + _NEAR])[:1]
    rows = [
        [words.row(word) for word in inside],
        [words.row(inside[-1])],
        [words.row(before[0].lower()) if before else words.unknown],
        [words.row(after[0].lower()) if after else words.unknown],
    ]
    seen_as = [float(span.entity_type == one) for one in _SEEN_AS]
    known = sum(row != words.unknown for row in rows[0]) / len(inside)
    shape = [
        1.0, not before, surface.isupper(), surface.islower(), len(inside) == 1, len(inside) == 2,
        len(inside) > 2, known, surface.isupper() and len(surface) <= 5,
        any(map(str.isdigit, surface)), not surface[-1].isalnum(),
        _TRIPLED.search(surface) is not None, shouting, before == ["@"], before == ["#"],
        bool(before) and before[0] in '.!?:"',
    ]  # fmt: skip
    single = len(inside) == 1
    crossed = [one * shouting for one in seen_as] + [one * single for one in seen_as]
    return rows, np.array([*seen_as, *shape, *crossed], dtype=np.float32)


def share_of_capitals(text: str) -> float:
    """Of the letters A to Z, how many are capitals."""
    letters = text.encode(errors="replace").translate(None, _NOT_LETTERS)
    return sum(map(letters.count, range(65, 91))) / max(len(letters), 1)
