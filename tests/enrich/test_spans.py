import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.spans import Span, Taken, parted, trimmed

SPANS = st.tuples(st.integers(0, 30), st.integers(1, 9)).map(lambda one: (one[0], sum(one)))


@given(st.lists(SPANS, max_size=8), SPANS)
def test_a_span_is_free_if_it_overlaps_nothing_taken(
    taken: list[tuple[int, int]], span: tuple[int, int]
) -> None:
    marks = Taken(40)
    for start, end in taken:
        marks.take(start, end)
    assert marks.is_free(*span) == all(end <= span[0] or span[1] <= start for start, end in taken)


@pytest.mark.parametrize(
    ("text", "entity_type", "parts"),
    [
        ("Rick & Morty", "PERSON", ["Rick", "Morty"]),
        ("Rick and Morty and Beth", "PERSON", ["Rick", "Morty", "Beth"]),
        ("Ernst & Young", "ORG", ["Ernst & Young"]),
        ("Arsenal VS Monaco", "ORG", ["Arsenal", "Monaco"]),
        ("Serena Williams Vs", "PERSON", ["Serena Williams"]),
        ("Alexander Anderson", "PERSON", ["Alexander Anderson"]),
    ],
)
def test_names_taken_for_one_are_parted(text: str, entity_type: str, parts: list[str]) -> None:
    found = parted(f"x {text} y", Span("body", 2, 2 + len(text), entity_type))
    assert [f"x {text} y"[one.start : one.end] for one in found] == parts
    assert {one.entity_type for one in found} == {entity_type}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Tony Blair", "Tony Blair"),
        ("the Tony Blair", "Tony Blair"),
        ("A Level", "Level"),
        ("Theresa May", "Theresa May"),
        ("the", "the"),
        ("Smith’s", "Smith"),
        ("“Vogue”,", "Vogue"),
    ],
)
def test_a_name_has_no_article_and_no_marks_around_it(text: str, name: str) -> None:
    found = trimmed(text, Span("body", 0, len(text), "ORG"))
    assert found is not None
    assert text[found.start : found.end] == name
