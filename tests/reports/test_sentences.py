"""The three sentences of a brief: what is said of the night's volume and of what moved."""

import re
from datetime import date
from typing import Any

import pytest

from core.home import Home
from reports.brief_csv import brief_csv
from reports.outline import outline
from reports.page import render
from reports.parts import in_words
from reports.plain_text import plain_text
from reports.printed import printed_figures
from reports.sentences import three_sentences, unrisen
from tests.reports.publication import Paper
from tests.reports.test_facts import DAY, facts_of, told


@pytest.fixture
def paper() -> Paper:
    return Paper(DAY)


@pytest.mark.parametrize(
    ("usual", "words"),
    [
        ({"is_burst": True}, "1 theme rose beyond the usual, first of all Labour with 4 stories"),
        ({}, "No theme rose beyond the usual more than chance may do; the most told theme, Labour"),
    ],
)
def test_what_moved_is_said_in_one_sentence(
    paper: Paper, home: Home, usual: dict[str, Any], words: str
) -> None:
    for number in range(4):
        paper.article(f"Vote {number}", "A union vote.", hours=10)
    paper.usually("labour", 0, 2, **usual)
    facts = facts_of(paper, home)
    moved = three_sentences(facts)[1]
    assert moved.words.startswith(words)
    assert moved.usual.text == "usual 0 to 2 a day"
    assert facts.risen == [row for row in facts.themes if row["is_burst"]]


def test_a_quiet_day_is_told_as_one(paper: Paper, home: Home) -> None:
    paper.past(*[4] * 20)
    paper.usually("labour", 2, 5)
    facts = facts_of(paper, home)
    assert [row["verdict"] for row in facts.themes] == ["fewer than usual"]
    first, second, third = told(facts)
    assert first == "No new article came in (usual 4 articles an edition)."
    assert second.startswith(
        "No theme rose beyond the usual, 1 fell below it; the most told theme, Labour, has 0"
    )
    shown = render(facts), plain_text(outline(facts)), brief_csv(facts).decode()
    for one in shown:
        text = " ".join(re.sub(r"<[^>]+>", " ", one).split())
        assert "o theme rose beyond the usual, 1 fell below it" in re.sub(" (?=[,.;])", "", text)
        assert "Nothing moved" not in text
    assert third == "No new story carries a theme (usual 1 for the most reported)."
    assert facts.has_low_volume


def test_what_is_above_its_band_by_chance_is_not_called_unmoved(paper: Paper, home: Home) -> None:
    for number in range(4):
        paper.article(f"Vote {number}", "A union vote.", hours=10)
    paper.usually("labour", 0, 2)
    paper.usually("data", 1, 2)
    facts = facts_of(paper, home)
    assert {row["verdict"] for row in facts.themes} == {
        "above its usual band, but that may be chance",
        "fewer than usual",
    }
    moved = "No theme rose beyond the usual more than chance may do, 1 fell below it"
    assert in_words(unrisen(facts)) == moved


def test_the_first_of_a_kind_of_day_says_so(home: Home) -> None:
    """Twenty editions of working days, and then one of a Saturday."""
    paper = Paper(date(2026, 10, 18))
    days = [date.fromordinal(paper.edition.toordinal() - ago) for ago in range(1, 29)]
    paper.editions = {one for one in days if (one.toordinal() - 1) % 7 not in {6, 0}}
    paper.article("News", "A union vote.")
    facts = facts_of(paper, home)
    assert facts.usual["articles"]["editions_known"] >= 14
    first, *_ = told(facts)
    assert first.endswith("(too early to say: no edition before it covers the same kind of day).")
    printed = {one.figure for one in printed_figures(facts)}
    assert "usual[articles].editions_known" not in printed
