"""MinHash signatures of texts: near-equal texts have near-equal signatures.

A text is the set of its overlapping pairs of words, without case and punctuation; the share of
equal values in two signatures estimates the Jaccard similarity of those sets.
"""

from collections.abc import Sequence
from itertools import pairwise

import rensa

from enrich.words import lower_words

PERMUTATIONS = 128
_SEED = 42
ALGORITHM_VERSION = f"rensa-r{rensa.RMinHash.ALGORITHM_VERSION}/{PERMUTATIONS}/word-pairs"
MIN_WORDS = 20
"""Shorter texts get no signature: one sentence on a page says nothing about a common origin."""


def shingles(text: str) -> list[str]:
    """Overlapping pairs of lower-cased words."""
    return list(map(" ".join, pairwise(lower_words(text))))


def signatures(texts: Sequence[str]) -> list[list[int] | None]:
    """The signature of each text, None for one of fewer than MIN_WORDS words."""
    sets = [shingles(text) for text in texts]
    long_enough = [number for number, one in enumerate(sets) if len(one) >= MIN_WORDS - 1]
    result: list[list[int] | None] = [None] * len(texts)
    if long_enough:
        matrix = rensa.RMinHash.digest_matrix_from_token_sets(
            [sets[number] for number in long_enough], PERMUTATIONS, _SEED
        )
        for number, row in zip(long_enough, matrix.to_rows(), strict=True):
            result[number] = row
    return result
