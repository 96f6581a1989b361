"""The second look: names typed by their words, noise dropped, spans never moved."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich import ner
from enrich.second_look import (
    TYPES,
    WEIGHTS,
    SecondLook,
    Words,
    features,
    share_of_capitals,
)
from enrich.spans import Span


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(ner.model().vocab)


@pytest.fixture(scope="module")
def look(words: Words) -> SecondLook:
    return SecondLook(words, np.load(WEIGHTS))


def span(text: str, surface: str, entity_type: str) -> Span:
    start = text.index(surface)
    return Span("body", start, start + len(surface), entity_type)


@pytest.mark.parametrize(
    ("text", "surface", "seen_as", "meant"),
    [
        ("Amanda is in love with him", "Amanda", "ORG", ["PERSON"]),
        ("LMAO that was so funny !", "LMAO", "ORG", []),
        ("The minister met Angela Merkel in Berlin.", "Berlin", "PLACE", ["PLACE"]),
        ("The minister met Angela Merkel in Berlin.", "Angela Merkel", "PERSON", ["PERSON"]),
        ("Shares of General Motors fell on Monday.", "General Motors", "ORG", ["ORG"]),
    ],
)
def test_a_name_is_judged_by_its_words(
    look: SecondLook, text: str, surface: str, seen_as: str, meant: list[str]
) -> None:
    found = look.judged(text, [span(text, surface, seen_as)])
    assert [one.entity_type for one in found] == meant
    assert all(text[one.start : one.end] == surface for one in found)


def test_types_that_it_does_not_know_are_left_alone(look: SecondLook) -> None:
    spans = [span("LMAO a Thing", "LMAO", "PRODUCT")]
    assert look.judged("LMAO a Thing", spans) == spans


def test_the_multiplied_tables_score_as_the_plain_features_do(
    look: SecondLook, words: Words
) -> None:
    text = "Yesterday Grace Mahary sang in Compton ."
    for surface in ("Grace Mahary", "Compton"):
        for seen_as in TYPES:
            one = span(text, surface, seen_as)
            rows, rest = features(words, text, one, share_of_capitals(text))
            inputs = np.concatenate([*(words.table[row].mean(axis=0) for row in rows), rest])
            odds = np.exp(inputs @ np.load(WEIGHTS))
            best = TYPES[int(odds[:3].argmax())]
            found = look.judged(text, [one])
            assert all(kept.entity_type in {best, seen_as} for kept in found)


@given(st.text(min_size=1, max_size=40), st.data())
def test_no_text_makes_it_fail(look: SecondLook, text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = look.judged(text, [Span("body", start, end, "ORG")])
    assert all((one.start, one.end) == (start, end) for one in found)


def test_the_share_of_capitals() -> None:
    assert share_of_capitals("ABcd 12 é") == 0.5
    assert share_of_capitals("\ud800 12") == 0
