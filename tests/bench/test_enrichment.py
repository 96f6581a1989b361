"""The measuring of enrichment: every text counts once, is real and stands there once."""

from pathlib import Path

import pytest

from bench.enrichment import forget_all_but_names, landed, measure
from bench.real_texts import landed_articles
from core.landed import read_landed
from core.plan import load_run

TABLES = {"analysis", "sentence", "mention", "signature", "story_terms"}


def test_texts_are_distinct_however_many(corpus: Path) -> None:
    texts = landed_articles(5_000)
    assert texts.height == texts["article_id"].n_unique() == texts["version_id"].n_unique() == 5_000


def test_a_station_reads_all_and_what_it_saw_is_read_from_the_cache(corpus: Path) -> None:
    with landed(12) as home:
        first = measure(home, "station")
        landing = load_run("bench", home).landing
        before = {table: read_landed(landing, table) for table in TABLES}
        forget_all_but_names(home)
        assert [folder.name for folder in home.enrich_cache.iterdir()] == ["ner"]
        again = measure(home, "station")
        assert first.articles == again.articles == 12
        assert again.cpu_seconds < first.cpu_seconds
        for table in TABLES:
            assert read_landed(landing, table).equals(before[table])


@pytest.mark.parametrize("kind", ["spacy", "ahocorasick"])
def test_a_bare_library_reads_as_many(kind: str, corpus: Path) -> None:
    with landed(6) as home:
        done = measure(home, kind)
        assert done.articles == 6
        assert done.megabytes > 0
        assert done.cores > 0
