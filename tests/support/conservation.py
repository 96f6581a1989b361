"""The law of every run: what was discovered is the sum of the dispositions, source by source."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from core.landed import read_landed


def closed_landings(folder: Path) -> Iterator[Path]:
    """The landings below `folder` that a run of the real stations collected and closed."""
    for closed in sorted(folder.rglob("landing/*/closed.json")):
        home = closed.parents[2]
        for landing in sorted(path for path in closed.parent.iterdir() if path.is_dir()):
            if (home / "state" / f"{landing.name}.parquet").exists():
                yield landing


def lost_urls(landing: Path) -> pl.DataFrame:
    """Sources whose discovered URLs are not its settled ones, one end each: (source_id, lost)."""
    keys = ["source_id", "url"]
    found = read_landed(landing, "discovered").select(keys)
    settled = read_landed(landing, "disposition").drop_nulls("status").select(keys)
    lost = [found.join(settled, on=keys, how="anti"), settled.join(found, on=keys, how="anti")]
    twice = [rows.filter(rows.is_duplicated()) for rows in (found, settled)]
    wrong = pl.concat([*lost, *twice])
    return wrong.group_by("source_id").agg(lost=pl.len()).sort("source_id")
