"""Links are judged against the label of their span."""

from eval.links import Linked, _counts, _exactly_labelled, _labelled


def test_right_wrong_and_missed_links() -> None:
    text = Linked("x" * 40, {(0, 5): "Q1", (10, 20): "Q2", (25, 30): "<NIL>"})
    found = {(0, 5): "Q1", (10, 14): "Q3", (25, 30): "Q4", (35, 39): "Q5"}
    assert _counts([text], [found], _labelled).tolist() == [[1, 2, 1]]
    assert _counts([text], [found], _exactly_labelled).tolist() == [[1, 1, 1]]


def test_of_two_labels_the_one_that_overlaps_more_counts() -> None:
    assert _labelled({(0, 4): "Q1", (4, 12): "Q2"}, (2, 10)) == "Q2"
    assert _labelled({(0, 4): "Q1"}, (4, 6)) is None
