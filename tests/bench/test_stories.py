"""The measuring of stories: both homes differ in what is older than the window, in nothing else."""

from pathlib import Path

import polars as pl
import pytest

from bench.history import Amount, Wordings
from bench.stories import history, measure
from core.home import Home
from core.landed import read_landed
from core.plan import load_run

SMALL = Amount(new=40, a_day=10, older_editions=1, older_a_day=20)
MORE = Amount(new=40, a_day=10, older_editions=3, older_a_day=20)


@pytest.mark.e2e  # two homes with a published history each: six processes of dbt
def test_older_history_changes_no_pair_and_no_link(corpus: Path) -> None:
    wordings = Wordings(60)
    landed: list[dict[str, pl.DataFrame]] = []
    for amount in (SMALL, MORE):
        with history(wordings, amount) as home:
            tasks = measure(home)
            assert set(tasks) == {
                *("near-duplicates", "story links", "open_candidate", "dbt", "process")
            }
            landing = load_run("bench", Home(home)).landing
            tables = ("near_duplicate", "story_link")
            landed.append({table: read_landed(landing, table) for table in tables})
    assert landed[0]["story_link"].height > 0
    for table, frame in landed[0].items():
        assert frame.equals(landed[1][table])
