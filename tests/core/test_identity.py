"""Identities and the cleaned text that all offsets count in."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from core.identity import clean_text, local_entity_id, version_id


@given(st.text(st.characters(), max_size=200))
def test_cleaning_is_idempotent_and_nfc(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in cleaned if c not in "\n\t")


def test_line_ends_and_controls() -> None:
    assert clean_text("a\r\nb\rc\x00d\u0301 \ud800") == "a\nb\ncd\u0301".replace(
        "d\u0301", "d\u0301"
    )


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_versions_differ_where_title_or_text_does(a: str, b: str, c: str, d: str) -> None:
    clean = [clean_text(one) for one in (a, b, c, d)]
    same = version_id(clean[0], clean[1]) == version_id(clean[2], clean[3])
    assert same == (clean[:2] == clean[2:])


def test_a_local_id_ignores_case_and_spacing() -> None:
    assert local_entity_id("PERSON", "Ada  Lovelace") == local_entity_id("PERSON", "ada lovelace")
    assert local_entity_id("PERSON", "Ada").startswith("local:PERSON:")
