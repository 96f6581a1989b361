"""Identities and the cleaned text that all offsets count in."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity import clean_text, local_entity_id, version_id

INVISIBLE = "\x00\x1b\x7f\x80\xad\u061c\u200b\u200e\u202e\u2060\u2066\u2069\ufeff\ufffb\uffff\ud800"
ANY_TEXT = st.text(
    st.one_of(st.characters(), st.sampled_from(INVISIBLE + "\r\n\u2028\u0301")), max_size=200
)


@given(ANY_TEXT)
def test_cleaning_is_idempotent_and_nfc(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in cleaned if c not in "\n\t")
    assert not set(INVISIBLE) & set(cleaned)
    assert cleaned.encode().decode() == cleaned


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\r\nb\rc\x00d\ud800 ", "a\nb\ncd"),
        ("one\x0ctwo\x85three\u2028four\u2029five\x0bsix", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("Cafe\u0301", "Café"),
        ("\ufeffTitle", "Title"),
        ("copy\u00adright law", "copyright law"),
        ("Open\u200bAI \u2068AB\u2069\u200e", "OpenAI AB"),
        ("admin\u202egpj.exe", "admingpj.exe"),
        ("می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"),
        ("tab\tand nbsp\u00a0stay", "tab\tand nbsp\u00a0stay"),
    ],
)
def test_what_a_reader_cannot_see_is_gone(raw: str, cleaned: str) -> None:
    assert clean_text(raw) == cleaned


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_versions_differ_where_title_or_text_does(a: str, b: str, c: str, d: str) -> None:
    clean = [clean_text(one) for one in (a, b, c, d)]
    same = version_id(clean[0], clean[1]) == version_id(clean[2], clean[3])
    assert same == (clean[:2] == clean[2:])


def test_a_local_id_ignores_case_and_spacing() -> None:
    assert local_entity_id("PERSON", "Ada  Lovelace") == local_entity_id("PERSON", "ada lovelace")
    assert local_entity_id("PERSON", "Ada").startswith("local:PERSON:")
