"""What a person is told of a replay: numbers in Airflow, words on the page that can be erased."""

from datetime import date
from pathlib import Path

from cli.diff_page import Changes, summary, write_page
from warehouse.theme_changes import MovedArticle, ThemeChange

MOVED = MovedArticle(
    "loses", "final-cut", "a1", "The Reel Ledger", "Who Owns the Ending", "https://example.org/1",
    "Agents ask for the last word.",
)  # fmt: skip
CHANGES = Changes(
    base="p000001",
    editions=[date(2026, 10, 16)],
    made_with=["taxonomy_version narrow"],
    tables=[],
    themes=[ThemeChange("final-cut", "Final cut", 4, 3, 0, 1)],
    moved=[MOVED],
)
WORDS = (MOVED.title, MOVED.sentence, MOVED.outlet, MOVED.url)


def test_what_airflow_keeps_has_no_words_of_an_article() -> None:
    told = summary(CHANGES, "/broadsheet/reports/replays/replay-one/changes.html")
    assert "| Final cut | 4 | 3 | 0 | 1 |" in told
    assert "(/broadsheet/reports/replays/replay-one/changes.html)" in told
    assert [one for one in WORDS if one in told] == []


def test_the_page_has_them(tmp_path: Path) -> None:
    write_page(tmp_path / "changes.html", CHANGES)
    page = (tmp_path / "changes.html").read_text("utf-8")
    assert MOVED.title in page
    assert MOVED.sentence in page
