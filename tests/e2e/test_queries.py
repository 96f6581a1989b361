"""The questions of docs/queries, each asked of the sample newsroom's publication."""

from pathlib import Path

import duckdb
import pytest

from core.config import PROJECT_ROOT

pytestmark = pytest.mark.xdist_group("line")

FOLDER = PROJECT_ROOT / "docs" / "queries"
QUERIES = sorted(FOLDER.glob("*.sql"))
# What a single edition cannot have yet: an earlier brief, a history, a failed check.
EMPTY_IN_A_FIRST_EDITION = {
    "brief-then-and-now",
    "cited-then-corrected",
    "risers-without-gaps",
    "what-the-gate-stopped",
}


def question(path: Path) -> str:
    return path.read_text("utf-8").splitlines()[0].removeprefix("-- ")


def test_there_are_enough() -> None:
    assert len(QUERIES) >= 20


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_question_has_an_answer(path: Path, published: duckdb.DuckDBPyConnection) -> None:
    assert question(path)[-1] in "?."
    rows = published.sql(path.read_text("utf-8")).fetchall()
    assert bool(rows) == (path.stem not in EMPTY_IN_A_FIRST_EDITION)


def test_the_index_lists_every_question() -> None:
    listed = (FOLDER / "README.md").read_text("utf-8")
    for path in QUERIES:
        assert f"| [{question(path)}]({path.name}) |" in listed
    assert listed.count(".sql) |") == len(QUERIES)
