"""The station `land`: one disposition for every discovered URL, then the edition is closed."""

import math
from typing import Any

import polars as pl

from core.landed import LANDED, read_landed, write_landed
from core.plan import Run, close_edition, load_run
from ingest.state import KEY, STATE, known_before, read_known, write_state
from ingest.tables import PAGES, learned_path, part_name, read_pages

_COLLECTED = ("discovered", "source_report", "article", "article_url", "date_candidate")
_URL = ["source_id", "url"]
# Endings after extraction that say what a page is; the collector need not fetch it again.
_LASTING = ["out_of_window", "not_an_article", "extract_failed", "too_large"]
_FEW_TEXTS, _TEXTS_PER_SHARD, _LEAST_SHARDS = 100, 10_000, 2


def land_edition(run_id: str) -> dict[str, Any]:
    """Settle the edition over all shards, write the collector's state, close the edition.

    Returns:
        {"text_shards": [{"label", "index", "count"}], "dispositions": {status: count}}.

    Raises:
        HomeError: the disk refused a file.
    """
    run = load_run(run_id)
    parts = [part_name(shard.sources) for shard in run.shards]
    _remove_other_parts(run, parts)
    pages = pl.concat([read_pages(run, "extracted", part) for part in parts])
    pages = _settle_duplicates(run, pages)
    _settle_urls(run)
    _land_removals(run, pages)
    _write_state(run, pages)
    pages = one_end(pages)
    write_landed(pages.select(LANDED["disposition"].names()), run.landing, "disposition", "all")
    close_edition(run)
    counts = dict(pages["status"].value_counts().sort("status").rows())
    return {"text_shards": _text_shards(counts.get("loaded", 0)), "dispositions": counts}


def _remove_other_parts(run: Run, parts: list[str]) -> None:
    """Remove what a run with other shards landed for this edition before."""
    for table in _COLLECTED:
        for file in (run.landing / table).glob("*.parquet"):
            if file.stem not in parts:
                file.unlink()


def _settle_duplicates(run: Run, pages: pl.DataFrame) -> pl.DataFrame:
    """Keep an article that several sources showed under one of them: the first by (id, URL)."""
    loaded = pages.filter(pl.col("status") == "loaded").sort(*_URL)
    keepers = loaded.unique("article_id", keep="first", maintain_order=True)
    kept = keepers.select("article_id", kept_source="source_id", kept_url="url")
    spare = (
        loaded.join(kept, on="article_id")
        .filter(
            (pl.col("source_id") != pl.col("kept_source")) | (pl.col("url") != pl.col("kept_url"))
        )
        .select(*_URL, "collect_id", "kept_source", is_spare=pl.lit(value=True))
    )
    if spare.is_empty():
        return pages
    gone = loaded.join(spare, on=[*_URL, "collect_id"]).select("article_id").unique()
    _drop_articles(run, kept.join(gone, on="article_id"))
    return (
        pages.join(spare, on=[*_URL, "collect_id"], how="left")
        .with_columns(
            reason=pl.when("is_spare")
            .then(pl.lit("the same page as one of ") + pl.col("kept_source"))
            .otherwise("reason"),
            status=pl.when("is_spare").then(pl.lit("duplicate")).otherwise("status"),
        )
        .select(PAGES.names())
    )


def one_end(pages: pl.DataFrame) -> pl.DataFrame:
    """One row for every discovered URL: a look that loaded it, else the last look's."""
    is_loaded = (pl.col("status") == "loaded").cast(pl.Int8)
    ordered = pages.sort(*_URL, is_loaded, "collect_id")
    return ordered.unique(_URL, keep="last", maintain_order=True)


def _land_removals(run: Run, pages: pl.DataFrame) -> None:
    """Land the known articles that were gone, or back, when they were looked at again."""
    ids = read_landed(run.landing, "article_url").select("url", landed_id="article_id")
    removals = (
        pages.filter(pl.col("is_removed").is_not_null())
        .join(ids, on="url", how="left")
        .with_columns(article_id=pl.coalesce("article_id", "landed_id"), seen_at="fetched_at")
        .drop_nulls("article_id")
        .select(LANDED["removal"].names())
    )
    write_landed(removals.unique(), run.landing, "removal", "all")


def _drop_articles(run: Run, kept: pl.DataFrame) -> None:
    """Rewrite the parts that hold an article whose place is with another source."""
    keeper = dict(kept.select("article_id", "kept_source").rows())
    for file in sorted((run.landing / "article").glob("*.parquet")):
        articles = pl.read_parquet(file)
        stays = pl.Series(
            [
                keeper.get(article_id, source_id) == source_id
                for article_id, source_id in articles.select("article_id", "source_id").rows()
            ],
            dtype=pl.Boolean,
        )
        if stays.all():
            continue
        gone = articles.filter(~stays)["article_id"].implode()
        write_landed(articles.filter(stays), run.landing, "article", file.stem)
        dates = pl.read_parquet(run.landing / "date_candidate" / file.name)
        dates = dates.filter(~pl.col("article_id").is_in(gone))
        write_landed(dates, run.landing, "date_candidate", file.stem)


def _settle_urls(run: Run) -> None:
    """Land a URL that several parts know in the first of them only."""
    known = pl.DataFrame(schema={"url": pl.String})
    for file in sorted((run.landing / "article_url").glob("*.parquet")):
        rows = pl.read_parquet(file)
        new = rows.join(known, on="url", how="anti")
        if new.height < rows.height:
            write_landed(new, run.landing, "article_url", file.stem)
        known = pl.concat([known, new.select("url")])


def _write_state(run: Run, pages: pl.DataFrame) -> None:
    """The state after the edition: all that is known of every source. Immutable.

    Of a page that was extracted it says what that gave, so that no later look fetches it in vain.
    """
    learned = pl.concat(
        pl.read_parquet(learned_path(run, part_name(shard.sources))) for shard in run.shards
    )
    ended = pages.filter(pl.col("file").is_not_null(), pl.col("is_removed").is_null()).select(
        *_URL,
        kind=pl.lit("page"),
        ended=pl.when(pl.col("status").is_in(["loaded", "duplicate", "unchanged"]))
        .then(pl.lit("loaded"))
        .when(pl.col("status").is_in(_LASTING))
        .then("status"),
        ended_reason="reason",
        ended_article="article_id",
        ended_version="version_id",
    )
    known = learned.join(ended.unique(KEY, keep="last"), on=KEY, how="left").with_columns(
        status=pl.coalesce("ended", "status"),
        reason=pl.coalesce("ended_reason", "reason"),
        article_id=pl.coalesce("ended_article", "article_id"),
        version_id=pl.coalesce("ended_version", "version_id"),
    )
    collected = set(learned["source_id"].unique())
    names = known_before(run.paths, run.collect_id)
    others = [
        rows.filter(~pl.col("source_id").is_in(collected)) for rows in read_known(run.paths, names)
    ]
    write_state(run.paths, run.collect_id, [*others, known.select(STATE.names())])


def _text_shards(texts: int) -> list[dict[str, Any]]:
    """One shard for a small edition, else two, else as many as keep each within memory."""
    count = 1 if texts < _FEW_TEXTS else max(_LEAST_SHARDS, math.ceil(texts / _TEXTS_PER_SHARD))
    return [
        {"label": f"texts {index + 1} of {count}", "index": index, "count": count}
        for index in range(count)
    ]
