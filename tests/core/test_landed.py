"""Landed files: columns checked, equal rows are equal bytes."""

import random
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from core.landed import LANDED, read_landed, write_landed


def rows() -> list[dict[str, object]]:
    moment = datetime(2026, 10, 16, tzinfo=UTC).replace(tzinfo=None)
    return [
        {
            "source_id": "a",
            "url": f"https://a.example/{n}",
            "found_url": f"https://a.example/{n}",
            "via": "feed",
            "position": n,
            "title_hint": None,
            "published_hint": moment if n % 2 else None,
            "discovered_at": moment,
        }
        for n in range(20)
    ]


def test_equal_rows_are_equal_bytes(tmp_path: Path) -> None:
    shuffled = rows()
    random.Random(1).shuffle(shuffled)
    schema = LANDED["discovered"]
    one = write_landed(pl.DataFrame(rows(), schema=schema), tmp_path / "1", "discovered", "x")
    two = write_landed(pl.DataFrame(shuffled, schema=schema), tmp_path / "2", "discovered", "x")
    assert one.read_bytes() == two.read_bytes()
    assert read_landed(tmp_path / "1", "discovered").height == 20


def test_a_wrong_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="discovered: columns"):
        write_landed(pl.DataFrame({"url": ["a"]}), tmp_path, "discovered", "x")


def test_nothing_landed_is_an_empty_frame(tmp_path: Path) -> None:
    assert read_landed(tmp_path, "mention").schema == LANDED["mention"]
