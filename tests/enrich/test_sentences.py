import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.sentences import SentenceIndex, split_document, split_text

ALPHABET = st.sampled_from(
    [
        *"abcXYZ .!?…\n\t\"“”'’()0,",
        "\u0301",
        "e\u0301",
        "😀",
        "👩‍🚀",
        "שלום",
        "مرحبا؟",
        "。",
        "你好",
    ]
)
TEXTS = st.lists(ALPHABET, max_size=120).map("".join)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in split_text(text)]


@given(TEXTS)
def test_sentences_cover_all_but_white_space_in_order(text: str) -> None:
    spans = split_text(text)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    covered = "".join(text[start:end] for start, end, _ in spans)
    assert covered.translate(_NO_SPACE) == text.translate(_NO_SPACE)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end, _ in spans)


_NO_SPACE = {ord(one): None for one in map(chr, range(0x3001)) if one.isspace()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It ended. It began.", ["It ended.", "It began."]),
        ("Mr. Smith met Dr. Jones. They spoke.", ["Mr. Smith met Dr. Jones.", "They spoke."]),
        ("The U.S. Senate voted. J. K. Rowling wrote.",
         ["The U.S. Senate voted.", "J. K. Rowling wrote."]),
        ("He moved to the U.S. The firm stayed.", ["He moved to the U.S.", "The firm stayed."]),
        ("It cost $3.5 million. So what?", ["It cost $3.5 million.", "So what?"]),
        ("Acme Inc. said so. Acme Inc. The end.", ["Acme Inc. said so.", "Acme Inc.", "The end."]),
        ("“We quit.” She left.", ["“We quit.”", "She left."]),
        ("“Really?” she asked. Yes.", ["“Really?” she asked.", "Yes."]),
        ("No. 5 came on Sept. 3 at 5 p.m. Tuesday.", ["No. 5 came on Sept. 3 at 5 p.m. Tuesday."]),
        ("He said no. Then he left.", ["He said no.", "Then he left."]),
        ("A headline\nThe text follows", ["A headline", "The text follows"]),
        ("これは文です。次の文。", ["これは文です。", "次の文。"]),
        ("هل تعلم؟ نعم أعلم.", ["هل تعلم؟", "نعم أعلم."]),
    ],
)  # fmt: skip
def test_boundaries(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_the_title_is_sentence_0_and_need_not_exist() -> None:
    found = split_document(" What now? Who knows ", "One. Two.")
    assert [(one.number, one.section, one.start, one.end) for one in found] == [
        (0, "title", 1, 20),
        (1, "body", 0, 4),
        (2, "body", 5, 9),
    ]
    assert [one.number for one in split_document("", "One.")] == [1]


def test_in_quotation_means_at_least_half_inside_marks() -> None:
    text = '“We will not work with it. Not ever,” he said. She did not say “no” at all. "Fine."'
    assert [quoted for _, _, quoted in split_text(text)] == [True, True, False, True]


def test_a_quotation_may_stay_open_to_the_end_of_its_paragraph() -> None:
    assert [quoted for _, _, quoted in split_text("“One goes on.\nTwo.")] == [True, False]


def test_index_finds_the_holding_sentence_or_none() -> None:
    index = SentenceIndex(split_document("Title", "One two. Three four."))
    assert (held := index.holding("body", 9, 14)) is not None
    assert held.number == 2
    assert index.holding("body", 4, 12) is None
    assert (held := index.holding("title", 0, 5)) is not None
    assert held.number == 0


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "No. " * 250_000, "“" * 300_000, "." * 1_000_000]
)
def test_monstrous_texts_are_split_in_linear_time(text: str) -> None:
    started = time.process_time()
    split_text(text)
    assert time.process_time() - started < 10
