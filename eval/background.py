"""`python -m eval.background`: measure the background of theme similarity on general news.

Writes enrich/theme_background.npz: how rare each word is, and mean and spread of the texts'
vectors, over the 2,112 articles of `dated` of the corpus (on which no theme is evaluated).
"""

import io

import numpy as np
import polars as pl

from core.files import write_bytes
from enrich.theme_vectors import (
    BACKGROUND,
    Background,
    Floats,
    TextVectors,
    default_vectors,
    mean_vector,
)
from eval.corpus import CORPUS

_SMOOTHING = 3.0
"""Added to each direction's variance, in units of the mean variance."""


def main() -> None:
    words = default_vectors()
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
    vectors = np.array([mean_vector(weighted, one) for one in rows])
    file = io.BytesIO()
    np.savez_compressed(
        file,
        vectors=np.array(words.name),
        weight=weight.astype(np.float16),
        mean=vectors.mean(axis=0),
        whitening=_whitening(vectors).astype(np.float16),
    )
    write_bytes(BACKGROUND, file.getvalue())


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
