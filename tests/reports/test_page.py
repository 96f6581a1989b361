"""What the page makes of single values: nothing is more exact, or less escaped, than it is."""

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import png, svg, themes_chart
from reports.facts import by_sentence, usual_band, verdict
from reports.filters import day, linked, marked, moment, share, shortened, tags
from reports.sentences import count

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


def test_no_word_is_marked_inside_another() -> None:
    assert str(marked("AI said MAIN, AIR", ["AI"])) == "<mark>AI</mark> said MAIN, AIR"
    assert str(marked("人工智能", ["智能"])) == "人工<mark>智能</mark>"


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
        "paywall",
    ]
    assert tags(story(genre="press_release", origin="press_release")) == ["press release"]
    assert tags(story(removed_at=MOMENT)) == ["taken down"]


def theme_row(theme_id: str = "a", **changes: Any) -> dict[str, Any]:
    """A theme with 3 stories where 1 to 4 are usual."""
    known = {
        "theme_id": theme_id,
        "name": "Theme <A>",
        "day_stories": 3,
        "day_percent": 20,
        "baseline_days": 28,
        "expected": 2.0,
        "low": 1.0,
        "high": 4.0,
        "is_burst": False,
    }
    return known | changes


UNKNOWN = {"expected": None, "low": None, "high": None, "is_burst": None}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({**UNKNOWN, "baseline_days": 13}, "too early to say: 13 of 14 days known"),
        (UNKNOWN, "too early to say: themes or names were found in another way before"),
        ({}, "within the usual"),
        ({"day_stories": 0}, "fewer than usual"),
        ({"day_stories": 5}, "above its usual band, but that may be chance"),
        ({"day_stories": 9, "is_burst": True}, "more than usual"),
    ],
)
def test_a_theme_moves_only_against_a_known_usual(changes: dict[str, Any], words: str) -> None:
    assert verdict(theme_row(**changes)) == words


@pytest.mark.parametrize(("stories", "told"), [(19, ""), (20, " (20 %)")])
def test_no_share_is_told_of_few_stories(stories: int, told: str) -> None:
    assert share(theme_row(day_stories=stories)) == told


@given(st.text(max_size=200), st.integers(min_value=8, max_value=60))
def test_a_shortened_text_is_its_beginning(text: str, most: int) -> None:
    told = shortened(text, most)
    assert len(told) <= most + 1
    assert told == text or text.startswith(told.removesuffix(" …"))


def test_usual_is_a_range_or_one_number() -> None:
    assert usual_band(theme_row()) == "1 to 4"
    assert usual_band(theme_row(high=1.0)) == "1"


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
    themes = [
        theme_row(),
        theme_row("b", name="New", day_stories=7, **UNKNOWN),
        theme_row("c", name="Risen", day_stories=9, is_burst=True),
    ]
    chart = themes_chart(themes)
    assert chart is not None
    drawn = svg(chart)
    assert drawn.startswith("<svg")
    assert [words in drawn for words in (">3 (usual 1–4)<", ">7<", ">▲ 9 (usual 1–4)<")] == [
        True
    ] * 3
    assert "<script" not in drawn
    assert "http" not in drawn.replace("http://www.w3.org", "")
    assert png(chart).startswith(b"\x89PNG")


def test_nothing_to_draw_is_no_chart() -> None:
    assert themes_chart([]) is None
