from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from core.landed import ENRICHED, LANDED, read_landed
from core.plan import Run
from enrich.components import EXTRACTOR_VERSION
from enrich.run import enrich_shard
from tests.enrich.newsroom import article, land

WHOLE = {"label": "all", "index": 0, "count": 1}
STORY = (
    "😀 Amazon-owned MGM Studios dropped a film about OpenAI on Monday. “Her likeness was made by "
    "AI,” Sam Altman said. A digital replica sang in the cafe\u0301 Café Noir. Altman left "
    "for Paris."
)


@pytest.fixture
def run(planned: Callable[[str, str], Run]) -> Run:
    run = planned("one", "2026-10-16")
    land(
        run,
        article("https://a.example/1", "Studio drops OpenAI film 😀 of digital replicas", STORY),
        article(
            "https://a.example/2", "", "OpenAI verhandelt weiter mit MGM Studios.", language="de"
        ),
        article("https://a.example/3", "OpenAI", ""),
        article("https://a.example/4", "Odd", "OpenAI", language=None),
        article(
            "https://a.example/5",
            "Marks",
            "שלום OpenAI مرحبا e\u0301e\u0323\u0301 👩‍🚀 Facebook’s Meta. " * 3,
        ),
    )
    return run


def enriched(run: Run) -> dict[str, pl.DataFrame]:
    enrich_shard(run.run_id, WHOLE)
    return {table: read_landed(run.landing, table) for table in ENRICHED}


def test_offsets_are_exact_in_title_and_text(run: Run) -> None:
    tables = enriched(run)
    texts = {
        (version_id, section): text
        for version_id, *sections in read_landed(run.landing, "article")
        .select("version_id", "title", "text")
        .iter_rows()
        for section, text in zip(("title", "body"), sections, strict=True)
    }
    for table, surface in (
        ("sentence", "text"),
        ("mention", "surface"),
        ("theme_evidence", "surface"),
    ):
        rows = (
            tables[table].select("version_id", "section", "char_start", "char_end", surface).rows()
        )
        assert rows
        assert all(
            texts[version, part][start:end] == said for version, part, start, end, said in rows
        )


def test_every_fact_has_its_sentence(run: Run) -> None:
    tables = enriched(run)
    sentences = set(tables["sentence"].select("version_id", "sentence_no", "section").rows())
    for table in ("mention", "theme_evidence"):
        facts = set(tables[table].select("version_id", "sentence_no", "section").rows())
        assert facts <= sentences


def test_how_far_each_article_was_analysed(run: Run) -> None:
    analysis = enriched(run)["analysis"].join(
        read_landed(run.landing, "article").select("article_id", "url"), on="article_id"
    )
    levels = dict(analysis.select(pl.col("url").str.tail(1), "analysis_level").iter_rows())
    assert levels == {
        "1": "full", "2": "gazetteer_only", "3": "none", "4": "gazetteer_only", "5": "full",
    }  # fmt: skip
    assert set(analysis["extractor_version"]) == {EXTRACTOR_VERSION}
    assert set(analysis["taxonomy_version"]) == {"test-1"}


def test_entities_and_themes_of_a_story(run: Run) -> None:
    tables = enriched(run)
    mentions = tables["mention"].filter(pl.col("surface") == "Altman")
    assert set(mentions["entity_id"]) == {"sam-altman"}
    assert {"amazon-mgm-studios", "openai", "cafe-noir"} <= set(tables["mention"]["entity_id"])
    theme = tables["article_theme"].row(0, named=True)
    assert theme["theme_id"] == "likeness"
    assert theme["is_primary"]
    assert theme["evidence_count"] == tables["theme_evidence"].height == 2


def test_a_second_run_gives_the_same_bytes_and_computes_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def files() -> dict[Path, bytes]:
        return {file: file.read_bytes() for file in run.landing.glob("*/part-0.parquet")}

    enrich_shard(run.run_id, WHOLE)
    first = files()
    monkeypatch.setattr("enrich.cache._computed", lambda *_: pytest.fail("computed again"))
    enrich_shard(run.run_id, WHOLE)
    assert files() == first
    assert len(first) == len(ENRICHED)


def test_shards_share_out_the_articles(run: Run) -> None:
    counts = [
        enrich_shard(run.run_id, {"label": str(index), "index": index, "count": 3})["articles"]
        for index in range(3)
    ]
    assert sum(counts) == 5
    assert read_landed(run.landing, "analysis")["article_id"].n_unique() == 5


def test_an_edition_without_articles_lands_empty_tables(planned: Callable[[str, str], Run]) -> None:
    empty = planned("empty", "2026-10-16")
    enrich_shard("empty", WHOLE)
    for table in ENRICHED:
        assert read_landed(empty.landing, table).schema == LANDED[table]
