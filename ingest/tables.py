"""The table that only the collecting stations read: the pages under way.

A page's row goes from `collect` to `extract` to `land` in `work/<run_id>/`.
"""

import hashlib
from pathlib import Path

import polars as pl

from core.files import whole_file
from core.landed import TIME
from core.plan import Run

# One discovered URL of a source in one look (`collect_id`). `status` is None while the page is
# still to be extracted; `file` and `offset` say where its record lies. `known_version` is the
# wording that the last closed edition knew; `is_removed` is set where a known page was gone (true)
# or back (false). `categories` are the feed's, a line each.
PAGES = pl.Schema(
    {
        "source_id": pl.String(),
        "url": pl.String(),
        "collect_id": pl.String(),
        "status": pl.String(),
        "reason": pl.String(),
        "http_status": pl.Int32(),
        "kind": pl.String(),
        "found_url": pl.String(),
        "file": pl.String(),
        "offset": pl.Int64(),
        "fetched_url": pl.String(),
        "permanent_url": pl.String(),
        "fetched_at": TIME,
        "first_seen_at": TIME,
        "title_hint": pl.String(),
        "hint_method": pl.String(),
        "hint_value": TIME,
        "hint_precision": pl.String(),
        "categories": pl.String(),
        "refuses_ai": pl.Boolean(),
        "is_removed": pl.Boolean(),
        "known_version": pl.String(),
        "article_id": pl.String(),
        "version_id": pl.String(),
    }
)


def part_name(source_ids: list[str]) -> str:
    """The part of a shard's landed files: readable, and different for different outlets."""
    digest = hashlib.sha256("\n".join(source_ids).encode()).hexdigest()[:8]
    return f"{source_ids[0][:40]}-{digest}"


def pages_path(run: Run, station: str, part: str) -> Path:
    """Where `station` (collected or extracted) leaves the pages of a shard."""
    return run.work / station / f"{part}.parquet"


def learned_path(run: Run, part: str) -> Path:
    """Where `collect` leaves what it learned of the sources of a shard."""
    return run.work / "learned" / f"{part}.parquet"


def write_table(path: Path, frame: pl.DataFrame, schema: pl.Schema) -> None:
    with whole_file(path) as temporary:
        frame.select(schema.names()).cast(schema).write_parquet(temporary)


def read_pages(run: Run, station: str, part: str) -> pl.DataFrame:
    return pl.read_parquet(pages_path(run, station, part))
