"""`python -m eval.background`: measure the background of theme similarity on general news.

With `--vectors FILE` of other word vectors (see `enrich.theme_vectors.TableVectors`), else of
spaCy's; the file's own are kept beside what is measured of them.

Writes enrich/theme_background.npz: how rare each word is, and mean and spread of the texts'
vectors, over the 2,112 articles of `dated` of the corpus (on which no theme is evaluated).
"""

import argparse
import io
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from core.files import write_bytes
from enrich.theme_vectors import (
    BACKGROUND,
    Background,
    Floats,
    SpacyVectors,
    TableVectors,
    TextVectors,
    mean_vector,
)
from eval.corpus import CORPUS

_SMOOTHING = 3.0
"""Added to each direction's variance, in units of the mean variance."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", type=Path)
    options = parser.parse_args()
    write_bytes(BACKGROUND, model_file(options.vectors))


def model_file(vectors: Path | None) -> bytes:
    """The content of the model file for the word vectors in a file, or for spaCy's."""
    words = TableVectors(vectors) if vectors else SpacyVectors()
    size, dimensions = words.table.shape
    blank = Background(
        words.name,
        np.ones(size, dtype=np.float32),
        np.zeros(dimensions, dtype=np.float32),
        np.eye(dimensions, dtype=np.float32),
    )
    reader = TextVectors(words, blank)
    rows = [one for one in map(reader.rows, _texts()) if one]
    documents = np.zeros(size)
    for one in rows:
        documents[np.unique(one)] += 1
    weight = np.log((len(rows) + 1) / (documents + 1)).astype(np.float32)
    weighted = words.table * weight[:, None]
    vectors_of_texts = np.array([mean_vector(weighted, one) for one in rows])
    file = io.BytesIO()
    np.savez_compressed(
        file,
        allow_pickle=False,
        **(_stored(vectors) if vectors else {}),
        vectors=np.array(words.name),
        weight=weight.astype(np.float16),
        mean=vectors_of_texts.mean(axis=0),
        whitening=_whitening(vectors_of_texts).astype(np.float16),
    )
    return file.getvalue()


def _stored(path: Path) -> dict[str, Any]:
    with np.load(path) as stored:
        return {name: stored[name] for name in ("name", "words", "table")}


def _whitening(vectors: Floats) -> Floats:
    """The inverse square root of the smoothed covariance, largest entry 1."""
    covariance = np.cov(vectors.T)
    smoothing = _SMOOTHING * np.trace(covariance) / len(covariance)
    values, directions = np.linalg.eigh(covariance + smoothing * np.eye(len(covariance)))
    matrix = directions / np.sqrt(values) @ directions.T
    whitening: Floats = (matrix / np.abs(matrix).max()).astype(np.float32)
    return whitening


def _texts() -> list[str]:
    articles = pl.read_parquet(CORPUS / "dated" / "newsarticles_to_2017_03_09.parquet")
    return [
        f"{title or ''} {text or ''}"
        for title, text in articles.select("title", "text").iter_rows()
    ]


if __name__ == "__main__":
    main()
