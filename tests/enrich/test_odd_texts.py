"""Texts that are no articles: enriched without error, in sane time, with exact offsets."""

import time

import polars as pl
import pytest

from core.identity import clean_text
from enrich.cache import Cache
from enrich.components import Enricher
from enrich.document import Document
from tests.enrich.newsroom import small_entities, small_themes

NAMED = "OpenAI and Sam Altman met MGM Studios about digital replicas in Café Noir. "
ODD = {
    "empty": "",
    "blank": " \n\t ",
    "one word of a megabyte": "x" * 1_000_000,
    "a megabyte of capitals": "A" * 1_000_000,
    "right to left": "אמר OpenAI היום. قالت OpenAI اليوم. " * 20,
    "mixed scripts": "Компания OpenAI 会社 OpenAI και η OpenAI. " * 20,
    "emoji": "😀 OpenAI 👩‍🚀🏳️‍🌈 OpenAI’s 🇺🇳 OpenAI. " * 20,
    "combining marks": "e\u0301e\u0323\u0301 Cafe\u0301 Noir o\u0308 OpenAI\u0301 OpenAI. " * 20,
    "directions and nothings": "\u202eOpenAI\u202c \u200bOpenAI\ufeff \u2066OpenAI\u2069. " * 20,
    "half a pair": "\ud800 OpenAI \udfff. ",
}
NAMES = {"openai", "sam-altman", "amazon-mgm-studios", "cafe-noir"}


@pytest.fixture(scope="module")
def enricher(tmp_path_factory: pytest.TempPathFactory) -> Enricher:
    folder = tmp_path_factory.mktemp("odd")
    return Enricher(small_entities(folder), small_themes(folder), Cache(None))


def facts(enricher: Enricher, document: Document) -> dict[str, pl.DataFrame]:
    """The tables of one document, every span checked against the text."""
    tables = {
        "sentences": enricher.sentences([document]).rename({"text": "surface"}),
        "mentions": enricher.mentions([document]),
        "themes": enricher.themes([document]),
    }
    for table in tables.values():
        spans = table.select("section", "char_start", "char_end", "surface")
        for section, start, end, surface in spans.iter_rows():
            assert document.section(section)[start:end] == surface
    return tables


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_text_keeps_its_offsets(enricher: Enricher, kind: str) -> None:
    begun = time.process_time()
    text = clean_text(ODD[kind])
    found = facts(enricher, Document(kind, "en", "", text))["mentions"]
    assert found.filter(pl.col("entity_id") == "openai").height == text.count("OpenAI") - (
        text.count("OpenAI\u0301")
    )
    assert time.process_time() - begun < 10


def test_five_megabytes_are_read_to_the_end(enricher: Enricher) -> None:
    filler = "the quick brown fox is over it all and that was that. "
    text = NAMED + filler * (5_000_000 // len(filler)) + NAMED
    begun = time.process_time()
    found = enricher.mentions([Document("long", "de", "", text)])
    assert set(found["entity_id"]) == NAMES
    assert found["char_start"].to_list()[-1] > 5_000_000
    assert time.process_time() - begun < 30


@pytest.mark.parametrize("language", ["de", "ja", "und"])
def test_a_language_without_a_model_has_curated_names_alone(
    enricher: Enricher, language: str
) -> None:
    text = f"{NAMED} Angela Merkel sprach in Berlin."
    found = enricher.mentions([Document("v", language, "", text)])
    assert set(found["entity_id"]) == NAMES
    assert "model" not in set(found["method"])


def test_many_names_take_time_in_proportion(enricher: Enricher) -> None:
    def seconds(copies: int) -> float:
        taken = []
        for _ in range(3):  # the quickest of three: a busy machine slows single runs
            begun = time.process_time()
            enricher.mentions([Document(f"many {copies}", "de", "", NAMED * copies)])
            taken.append(time.process_time() - begun)
        return min(taken)

    seconds(10)
    # Time in proportion gives 16, in proportion to the square 256.
    assert seconds(16_000) < 64 * max(seconds(1_000), 0.05)
