"""The station: enrich one shard of an edition's articles and land the facts."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from core.knowledge_base import named_base
from core.landed import LANDED, read_kept_articles, write_landed
from core.plan import Run, load_run
from enrich.cache import KEY, Cache
from enrich.components import EXTRACTOR_VERSION, Enricher, analysis_level
from enrich.document import Document

_UNKNOWN_LANGUAGE = "und"


def enrich_shard(run_id: str, shard: Mapping[str, Any]) -> dict[str, Any]:
    """Land the tables of `enriched_tables`.

    `shard` has `index` and `count`: the articles whose id, read as a number, leaves `index` when
    divided by `count`. Returns the number of articles and of rows per table.
    """
    return enrich_texts(load_run(run_id), int(shard["index"]), int(shard["count"]))


def enrich_texts(run: Run, index: int, count: int) -> dict[str, Any]:
    """As `enrich_shard`, of the landing that the run is about."""
    articles = shard_articles(run, index, count)
    tables = enriched_tables(articles, run)
    for table, frame in tables.items():
        write_landed(frame, run.landing, table, f"part-{index}")
    return {"articles": articles.height, **{name: one.height for name, one in tables.items()}}


def shard_articles(run: Run, index: int, count: int) -> pl.DataFrame:
    """The landed wordings of a shard, without those in quarantine."""
    number = pl.col("article_id").str.to_integer(base=16, dtype=pl.UInt64)
    return (
        read_kept_articles(run.landing)
        .filter(number % count == index)
        .with_columns(pl.col("language").fill_null(_UNKNOWN_LANGUAGE))
    )


def enriched_tables(articles: pl.DataFrame, run: Run) -> dict[str, pl.DataFrame]:
    """The landed tables that enrichment makes of these articles."""
    base = named_base(run.entities, run.paths)
    enricher = Enricher(run.entities, run.themes, Cache(run.paths.enrich_cache), base)
    documents = [
        Document(version_id, language, title or "", text or "")
        for version_id, language, title, text in articles.unique(KEY, maintain_order=True)
        .select(*KEY, "title", "text")
        .iter_rows()
    ]
    analysed = [one for one in documents if one.text.strip()]
    taxonomy_version = pl.lit(run.themes.taxonomy_version).alias("taxonomy_version")
    extractor_version = pl.lit(EXTRACTOR_VERSION).alias("extractor_version")
    themes = enricher.themes(analysed)
    mentions = enricher.mentions(analysed)
    own = articles.select("article_id", *KEY)

    def landed(facts: pl.DataFrame, *more: pl.Expr) -> pl.DataFrame:
        return own.join(facts, on=KEY).with_columns(*more).drop("language")

    signed = articles.select("article_id", *KEY, "published_day")
    dated = articles.select("article_id", *KEY, "published_at", "published_day")
    return {
        "analysis": articles.select(
            "article_id",
            "version_id",
            _analysis_level(articles),
            extractor_version,
            taxonomy_version,
        ),
        "enrichment": pl.DataFrame(
            list(enricher.versions.items()), LANDED["enrichment"], orient="row"
        ),
        "sentence": landed(enricher.sentences(documents)),
        "mention": landed(mentions, extractor_version),
        "kb_entity": enricher.kb_entities(mentions),
        "theme_evidence": landed(themes.drop("score", "is_primary"), taxonomy_version),
        "article_theme": landed(
            themes.group_by(*KEY, "theme_id", "score", "is_primary").agg(
                evidence_count=pl.len().cast(pl.Int32)
            )
        ),
        "signature": signed.join(enricher.signatures(analysed), on=KEY).drop("language"),
        "story_terms": dated.join(enricher.story_terms(analysed), on=KEY).drop("language"),
    }


def _analysis_level(articles: pl.DataFrame) -> pl.Series:
    rows = articles.select("text", "language").iter_rows()
    return pl.Series("analysis_level", [analysis_level(*row) for row in rows], pl.String)
