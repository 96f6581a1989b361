"""Two wordings side by side: all that differs is shown, nothing that stayed."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from reports.wording import LONGEST_LETTERS, LONGEST_WORDS, changes

WORDS = st.lists(st.sampled_from(["Meta", "lost", "it.", "<b>", "&", "more"]), max_size=12)


def plain(html: str) -> str:
    return unescape(re.sub(r"</?(del|ins)>", "", html))


def test_only_the_changed_sentence_is_shown_and_its_words_are_marked() -> None:
    (change,) = changes(
        ("Leak", "Meta lost data. Nine people left. More soon."),
        ("Leak", "Meta lost data. Nineteen people left. More soon."),
    )
    assert str(change.before) == "<del>Nine</del> people left."
    assert str(change.after) == "<ins>Nineteen</ins> people left."


def test_a_notice_that_was_added_has_nothing_before_it() -> None:
    (change,) = changes(("Leak", "One."), ("Leak", "One.\n\nCorrection: two."))
    assert change.before == ""
    assert str(change.after) == "<ins>Correction: two.</ins>"


def test_a_headline_is_a_sentence_of_its_own() -> None:
    headline, text = changes(("Meta leak", "One."), ("A leak", "Two."))
    assert str(headline.before) == "<del>Meta</del> leak"
    assert str(text.after) == "<ins>Two.</ins>"


def test_a_long_change_is_clipped() -> None:
    (change,) = changes(("T", "a " * 500), ("T", "b " * 500))
    assert len(plain(change.after).split()) == LONGEST_WORDS + 1
    assert plain(change.after).endswith("…")


@given(WORDS, WORDS)
def test_both_sides_are_what_stood_there(before: list[str], after: list[str]) -> None:
    told = changes(("T", " ".join(before)), ("T", " ".join(after)))
    assert (told == []) == (" ".join(before) == " ".join(after))
    for one in told:
        assert plain(one.before) in " ".join(before)
        assert plain(one.after) in " ".join(after)
        assert "<b>" not in one.before + one.after


def test_letters_without_spaces_are_clipped_too() -> None:
    (change,) = changes(("t", "工" * 900), ("t", "会" * 900))
    assert str(change.before).count("工") == LONGEST_LETTERS
