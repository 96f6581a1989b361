import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.typography import fold_typography
from enrich.phrases import PhraseMatcher, lower_in_place


@given(st.text())
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold_typography(text)) == len(text)
    assert len(lower_in_place(text)) == len(text)


def hits(phrase: str, text: str) -> list[str]:
    return [text[start:end] for _, start, end in PhraseMatcher([phrase]).find(text)]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("digital replica", "A Digital Replica of digital replicas.", ["Digital Replica"]),
        ("voice clon*", "Voice cloning and a voice clone.", ["Voice cloning", "voice clone"]),
        ("AI", "AI said ai aims at AI-made PAIN.", ["AI", "AI"]),
        ("strike", "İİ strike 😀 striké strikes", ["strike"]),
        ("worker's pay", "a worker’s pay", ["worker’s pay"]),
        ("text-to-video", "text‑to‑video", ["text‑to‑video"]),
        ("OpenAI", "OpenAI宣布", ["OpenAI"]),
        ("data centre", "data\xa0centre", ["data\xa0centre"]),
    ],
)
def test_matching(phrase: str, text: str, expected: list[str]) -> None:
    assert hits(phrase, text) == expected


def test_overlapping_phrases_are_all_found() -> None:
    matcher = PhraseMatcher(["data", "data centre", "centre worker"])
    assert len(matcher.find("a data centre worker")) == 3


@given(st.text(alphabet="aé😀 İשx-’.", max_size=30))
def test_offsets_are_code_points(before: str) -> None:
    text = f"{before} creative control {before}"
    assert hits("creative control", text) == ["creative control"]
