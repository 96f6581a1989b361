"""The station `land`: one disposition for every discovered URL, then the edition is closed."""

import math
from typing import Any

import polars as pl

from core.landed import LANDED, write_landed
from core.plan import Run, close_edition, load_run
from ingest.tables import PAGES, STATE, part_name, read_pages, state_before, write_table

_COLLECTED = ("discovered", "source_report", "article", "article_url", "date_candidate")
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
    write_landed(pages.select(LANDED["disposition"].names()), run.landing, "disposition", "all")
    _write_state(run, pages)
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
    loaded = pages.filter(pl.col("status") == "loaded").sort("source_id", "url")
    spare = loaded.filter(pl.col("article_id").is_first_distinct().not_())
    if spare.is_empty():
        return pages
    kept = loaded.unique("article_id", keep="first").select("article_id", kept_source="source_id")
    _drop_articles(run, kept.join(spare.select("article_id").unique(), on="article_id"))
    keys = ["source_id", "url"]
    marked = spare.select(*keys, is_spare=pl.lit(value=True))
    return (
        pages.join(marked, on=keys, how="left")
        .join(kept, on="article_id", how="left")
        .with_columns(
            reason=pl.when("is_spare")
            .then(pl.lit("the same page as one of ") + pl.col("kept_source"))
            .otherwise("reason"),
            status=pl.when("is_spare").then(pl.lit("duplicate")).otherwise("status"),
        )
        .select(PAGES.names())
    )


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
    """The state after this collect: the one it began with, and what it learned. Immutable."""
    path = run.paths.state / f"{run.collect_id}.parquet"
    if path.exists():
        return
    learned = (
        pages.filter(pl.col("status").is_in(["loaded", "duplicate", "out_of_window"]))
        .filter(pl.col("kind") == "http", pl.col("fetched_at").is_not_null())
        .with_columns(status=pl.col("status").replace("duplicate", "loaded"))
        .select(STATE.names())
    )
    base = state_before(run.paths, run.collect_id)
    before = (
        pl.DataFrame(schema=STATE)
        if base is None
        else pl.read_parquet(run.paths.state / f"{base}.parquet")
    )
    known = pl.concat([learned, before]).unique(["source_id", "url"], keep="first")
    write_table(path, known.sort("source_id", "url"), STATE)


def _text_shards(texts: int) -> list[dict[str, Any]]:
    """One shard for a small edition, else two, else as many as keep each within memory."""
    count = 1 if texts < _FEW_TEXTS else max(_LEAST_SHARDS, math.ceil(texts / _TEXTS_PER_SHARD))
    return [
        {"label": f"texts {index + 1} of {count}", "index": index, "count": count}
        for index in range(count)
    ]
