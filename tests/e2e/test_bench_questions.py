"""The bench of the questions: its days hold together, and every question is asked."""

import shutil
from pathlib import Path

import duckdb
import pytest

from bench.days import deal
from bench.questions import QUERIES, ask_all, p95
from tests.e2e.conftest import Line

pytestmark = pytest.mark.xdist_group("line")
NEWEST = 20


def test_dealt_into_days_every_article_is_in_one_edition(line: Line, tmp_path: Path) -> None:
    dealt = tmp_path / "dealt.duckdb"
    shutil.copyfile(line.first, dealt)
    editions = deal(dealt, NEWEST)
    with duckdb.connect(str(dealt), read_only=True) as connection:
        rows = connection.execute(
            "select first_seen_edition, count(*), bool_and(coalesce(published_day, '1900-01-01')"
            " <= first_seen_edition) from marts.dim_article group by 1 order by 1"
        ).fetchall()
        stray = connection.execute(
            "select count(*) from marts.dim_story as s where first_seen_edition <> (select"
            " min(a.first_seen_edition) from marts.dim_article as a where a.story_id = s.story_id)"
        ).fetchone()
    assert [day for day, _, _ in rows] == editions
    assert rows[-1][1] == NEWEST
    assert all(is_known for *_, is_known in rows[:-2])
    assert stray == (0,)
    asked = ask_all(dealt, rounds=2)
    assert {one.name for one in asked} == {path.stem for path in QUERIES.glob("*.sql")}
    assert all(len(one.seconds) == len(one.cpu_seconds) == 2 for one in asked)
    assert sum(one.rows > 0 for one in asked) >= 18


def test_the_95th_percentile_is_a_measured_value() -> None:
    assert p95([float(one) for one in range(1, 101)]) == 95.0
    assert p95([3.0]) == 3.0
