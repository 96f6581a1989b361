from hypothesis import given
from hypothesis import strategies as st

from enrich.spans import Taken

SPANS = st.tuples(st.integers(0, 30), st.integers(1, 9)).map(lambda one: (one[0], sum(one)))


@given(st.lists(SPANS, max_size=8), SPANS)
def test_a_span_is_free_if_it_overlaps_nothing_taken(
    taken: list[tuple[int, int]], span: tuple[int, int]
) -> None:
    marks = Taken(40)
    for start, end in taken:
        marks.take(start, end)
    assert marks.is_free(*span) == all(end <= span[0] or span[1] <= start for start, end in taken)
