"""Tables that only the collecting stations read: the pages under way, and the collector's state.

A page's row goes from `collect` to `extract` to `land` in `work/<run_id>/`; the state of a
collect is the immutable file `state/<collect_id>.parquet`.
"""

import hashlib
from pathlib import Path

import polars as pl

from core.files import whole_file
from core.home import Home
from core.plan import Run

_TIME = pl.Datetime("ms")

# One discovered URL of a source. `status` is None while the page is still to be extracted;
# `file` and `offset` say where its record lies.
PAGES = pl.Schema(
    {
        "source_id": pl.String(),
        "url": pl.String(),
        "status": pl.String(),
        "reason": pl.String(),
        "http_status": pl.Int32(),
        "kind": pl.String(),
        "file": pl.String(),
        "offset": pl.Int64(),
        "fetched_url": pl.String(),
        "permanent_url": pl.String(),
        "fetched_at": _TIME,
        "first_seen_at": _TIME,
        "title_hint": pl.String(),
        "hint_method": pl.String(),
        "hint_value": _TIME,
        "hint_precision": pl.String(),
        "refuses_ai": pl.Boolean(),
        "known_version": pl.String(),
        "article_id": pl.String(),
        "version_id": pl.String(),
    }
)

# What is known of a URL before a collect: `status` is loaded or out_of_window.
STATE = pl.Schema(
    {
        "source_id": pl.String(),
        "url": pl.String(),
        "status": pl.String(),
        "article_id": pl.String(),
        "version_id": pl.String(),
        "first_seen_at": _TIME,
        "fetched_at": _TIME,
    }
)


def part_name(source_ids: list[str]) -> str:
    """The part of a shard's landed files: readable, and different for different outlets."""
    digest = hashlib.sha256("\n".join(source_ids).encode()).hexdigest()[:8]
    return f"{source_ids[0][:40]}-{digest}"


def pages_path(run: Run, station: str, part: str) -> Path:
    """Where `station` (collected or extracted) leaves the pages of a shard."""
    return run.work / station / f"{part}.parquet"


def write_table(path: Path, frame: pl.DataFrame, schema: pl.Schema) -> None:
    with whole_file(path) as temporary:
        frame.select(schema.names()).cast(schema).write_parquet(temporary)


def read_pages(run: Run, station: str, part: str) -> pl.DataFrame:
    return pl.read_parquet(pages_path(run, station, part))


def state_before(home: Home, collect_id: str) -> str | None:
    """The last collect before `collect_id` that left a state."""
    names = sorted(path.stem for path in home.state.glob("*.parquet") if path.stem < collect_id)
    return names[-1] if names else None


def read_state(home: Home, collect_id: str | None, source_ids: list[str]) -> pl.DataFrame:
    """What the collect of that id knew of the sources; empty for None."""
    if collect_id is None:
        return pl.DataFrame(schema=STATE)
    path = home.state / f"{collect_id}.parquet"
    return pl.scan_parquet(path).filter(pl.col("source_id").is_in(source_ids)).collect()
