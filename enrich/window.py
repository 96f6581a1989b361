"""What other editions landed within WINDOW_DAYS of an edition's articles."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from core.landed import LANDED
from core.plan import Run

WINDOW_DAYS = 30
_AHEAD = timedelta(days=2)
"""An article's day is never later after its edition: ingestion and the gate refuse such dates."""


def dated(frame: pl.LazyFrame, edition: date) -> pl.LazyFrame:
    """The rows with `seen_in`, their edition, which is also the day of those without a day."""
    return frame.with_columns(pl.col("published_day").fill_null(edition), seen_in=pl.lit(edition))


def landed_around(run: Run, table: str, days: pl.Series) -> pl.DataFrame:
    """Rows of `table`, `dated`, of other editions that may lie in the window of one of `days`.

    `days` are those of the run's own articles, at least one. Editions from before the window stay
    closed, however many there are.
    """
    first, last = _span(days)
    none = dated(pl.LazyFrame(schema=LANDED[table]), run.edition)
    others = [
        _between(files, edition, first, last)
        for edition, files in _landed_from(run, table, first)
        if files
    ]
    return pl.concat([none, *others]).collect()


def _landed_from(run: Run, table: str, first: date) -> Iterator[tuple[date, list[Path]]]:
    """Of each edition that may hold something from `first` on, the files of other landings."""
    for folder in sorted(run.paths.landing_root.glob("????-??-??")):
        edition = date.fromisoformat(folder.name)
        if edition + _AHEAD >= first:
            files = sorted(folder.glob(f"*/{table}/*.parquet"))
            yield edition, [file for file in files if run.landing not in file.parents]


def _span(days: pl.Series) -> tuple[date, date]:
    """The first and the last day that lie within the window of one of `days`."""
    first, last = days.min(), days.max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    return first - timedelta(WINDOW_DAYS), last + timedelta(WINDOW_DAYS)


def _between(files: list[Path], edition: date, first: date, last: date) -> pl.LazyFrame:
    day = pl.col("published_day")
    inside = day.is_between(first, last)
    if first <= edition <= last:
        inside = inside | day.is_null()
    return dated(pl.scan_parquet(files).filter(inside), edition)
