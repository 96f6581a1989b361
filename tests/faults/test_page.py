"""The committed page of faults is what the catalogue says."""

from tests.faults.catalogue import PAGE, page


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text() == page(), "write it again: python -m tests.faults.catalogue"
