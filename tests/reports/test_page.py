"""What the page makes of single values: nothing is more exact, or less escaped, than it is."""

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import theme_days_chart
from reports.facts import by_sentence, verdict
from reports.page import count, day, linked, marked, moment, tags

MOMENT = datetime(2026, 10, 5, 7, 8, 9, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("precision", "shown"),
    [
        ("second", "5 October, 07:08 UTC"),
        ("day", "5 October"),
        ("month", "October 2026"),
        ("year", "2026"),
        ("none", "undated"),
    ],
)
def test_a_time_is_shown_as_exactly_as_it_is_known(precision: str, shown: str) -> None:
    assert moment(MOMENT, precision) == shown
    assert moment(None, precision) == "undated"


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=5), max_size=4))
def test_marking_changes_no_word_and_escapes_all(sentence: str, surfaces: list[str]) -> None:
    html = str(marked(sentence, surfaces))
    assert unescape(re.sub(r"</?mark>", "", html)) == unescape(str(linked(sentence, None)))
    assert "<" not in re.sub(r"</?mark>", "", html)


def test_the_longest_words_are_marked() -> None:
    assert str(marked("final cut & cut", ["cut", "final cut"])) == (
        "<mark>final cut</mark> &amp; <mark>cut</mark>"
    )


@pytest.mark.parametrize(
    "url", [None, "javascript:alert(1)", "data:text/html,x", " http://a.example"]
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert str(linked("<b>", url)) == "&lt;b&gt;"


def test_a_link_escapes_its_address() -> None:
    html = str(linked("a", 'https://a.example/?q="><script>'))
    assert "<script" not in html
    assert html.startswith('<a href="https://a.example/')


def story(**changes: Any) -> dict[str, Any]:
    known = {"genre": "news", "origin": "own", "is_truncated": False, "removed_at": None}
    return known | changes


def test_tags_say_what_an_editor_must_know() -> None:
    assert tags(story()) == []
    assert tags(story(genre="opinion", origin="agency", is_truncated=True)) == [
        "opinion",
        "agency",
        "cut text",
    ]
    assert tags(story(removed_at=MOMENT)) == ["taken down"]


@pytest.mark.parametrize(
    ("days", "is_burst", "words"),
    [
        (13, None, "too early to say (13 of 14 days known)"),
        (14, None, "within the usual (usual 1 to 4 a day)"),
        (28, True, "more than usual (usual 1 to 4 a day)"),
    ],
)
def test_a_theme_moves_only_against_a_known_usual(
    days: int, is_burst: bool | None, words: str
) -> None:
    row = {"baseline_days": days, "expected": 2.0, "low": 1.0, "high": 4.0, "is_burst": is_burst}
    assert verdict(row) == words


def test_one_sentence_with_two_themes_stands_once() -> None:
    rows = [
        {"sentence": "A.", "theme": "One", "surfaces": ["x"]},
        {"sentence": "B.", "theme": "One", "surfaces": ["y"]},
        {"sentence": "A.", "theme": "Two", "surfaces": ["x", "z"]},
    ]
    first, second = by_sentence(rows)
    assert [row["theme"] for row in first["themes"]] == ["One", "Two"]
    assert first["surfaces"] == ["x", "z"]
    assert second["sentence"] == "B."


def test_words() -> None:
    assert (count(1, "story"), count(2, "story"), count(3, "owner")) == (
        "1 story",
        "2 stories",
        "3 owners",
    )
    assert day(date(2026, 10, 6)) == "Tuesday, 6 October 2026"


def test_a_chart_carries_its_counts_and_no_script() -> None:
    days = [
        {"theme_id": "a", "name": "Theme <A>", "published_day": date(2026, 10, 14), "stories": 3},
        {"theme_id": "a", "name": "Theme <A>", "published_day": date(2026, 10, 15), "stories": 7},
    ]
    svg = theme_days_chart(days, ["a"], date(2026, 10, 16))
    assert svg.startswith("<svg")
    assert ">7<" in svg
    assert "Theme &lt;A&gt;" in svg
    assert "<script" not in svg
    assert "http" not in svg.replace("http://www.w3.org", "")


def test_nothing_to_draw_is_no_chart() -> None:
    assert theme_days_chart([], ["a"], date(2026, 10, 16)) == ""
