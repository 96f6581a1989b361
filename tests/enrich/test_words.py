import re

from hypothesis import given
from hypothesis import strategies as st

from enrich.story_terms import words_of
from enrich.words import lower_words

TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("aZ0_ .,-'’“—…\xa0£\n\tßΣİé中\u0301"), st.characters())
)


@given(TEXTS)
def test_words_are_the_runs_of_word_characters(text: str) -> None:
    assert lower_words(text) == re.findall(r"\w+", text.lower())


@given(TEXTS)
def test_story_words_have_two_letters_or_digits_at_least(text: str) -> None:
    assert words_of(text) == re.findall(r"[^\W_]{2,}", text.lower())
