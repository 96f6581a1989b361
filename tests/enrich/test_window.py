from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from core.landed import LANDED, write_landed
from core.plan import Run
from enrich.window import landed_around


def sign(folder: Path, days: list[date | None]) -> None:
    rows = {"article_id": [str(day) for day in days], "published_day": days}
    missing = [pl.lit(None, LANDED["signature"][name]).alias(name)
               for name in ("version_id", "algorithm_version", "min_hashes")]  # fmt: skip
    write_landed(pl.DataFrame(rows).with_columns(missing), folder, "signature", "all")


@pytest.fixture
def run(planned: Callable[[str, str], Run]) -> Run:
    return planned("one", "2026-10-15")


def found(run: Run) -> list[tuple[date, date]]:
    days = pl.Series([date(2026, 10, 14), date(2026, 10, 15)])
    rows = landed_around(run, "signature", days)
    return rows.select("seen_in", "published_day").sort(pl.all()).rows()


def test_what_lies_in_the_window_is_found_whenever_it_was_landed(run: Run) -> None:
    early, late = date(2026, 9, 12), date(2026, 12, 24)
    sign(run.paths.landing(early, "x"), [date(2026, 9, 13), date(2026, 9, 14), None])
    sign(run.paths.landing(late, "x"), [date(2026, 11, 14), date(2026, 11, 15), None])
    assert found(run) == [(early, date(2026, 9, 14)), (late, date(2026, 11, 14))]


def test_one_without_a_day_is_of_the_day_of_its_edition(run: Run) -> None:
    sign(run.paths.landing(date(2026, 10, 1), "x"), [None])
    assert found(run) == [(date(2026, 10, 1), date(2026, 10, 1))]


def test_the_runs_own_landing_is_none_of_the_others(run: Run) -> None:
    sign(run.landing, [date(2026, 10, 15)])
    sign(run.paths.landing(run.edition, "another"), [date(2026, 10, 13)])
    assert found(run) == [(run.edition, date(2026, 10, 13))]


def test_files_from_before_the_window_stay_closed(run: Run) -> None:
    folder = run.paths.landing(date(2026, 9, 11), "x") / "signature"
    folder.mkdir(parents=True)
    (folder / "all.parquet").write_text("no Parquet")
    assert found(run) == []
