import time
from itertools import pairwise

import numpy as np
import pytest

from enrich.document import Document
from enrich.ner import _cuts, faster_arithmetic, recognise
from enrich.spans import Span


def names(document: Document) -> list[tuple[str, str]]:
    return [
        (document.section(span.section)[span.start : span.end], span.entity_type)
        for span in recognise([document])[0]
    ]


def test_persons_organisations_and_places_are_found_in_title_and_text() -> None:
    document = Document(
        "v", "en", "Angela Merkel visits Paris", "She met Emmanuel Macron of France."
    )
    assert ("Angela Merkel", "PERSON") in names(document)
    assert ("Emmanuel Macron", "PERSON") in names(document)
    assert ("France", "PLACE") in names(document)


def test_a_long_text_gives_the_same_names_with_the_right_offsets() -> None:
    sentence = "Emmanuel Macron spoke in Berlin. "
    document = Document("v", "en", "", "😀 " + sentence * 1_000)
    found = recognise([document])[0]
    surfaces = {document.text[span.start : span.end] for span in found}
    assert surfaces == {"Emmanuel Macron", "Berlin"}
    assert len(found) == 2_000


@pytest.mark.parametrize(
    "text", ["", "   ", "x" * 1_000_000, "😀" * 50_000, "\u0301" * 1_000], ids=len
)
def test_odd_texts_are_read_without_error(text: str) -> None:
    recognise([Document("v", "en", "", text)])


def test_results_do_not_depend_on_the_other_documents() -> None:
    documents = [
        Document("a", "en", "Tim Cook leads Apple", "He lives in California."),
        Document("b", "en", "", "Berlin is the capital of Germany. " * 40),
    ]
    assert recognise(documents) == [recognise([one])[0] for one in documents]


def test_cuts_lie_at_sentence_ends_and_cover_everything() -> None:
    ends = list(range(900, 45_000, 900))
    cuts = list(_cuts(ends, 45_100))
    assert cuts[0][0] == 0
    assert cuts[-1][1] == 45_100
    assert all(one[1] == other[0] for one, other in pairwise(cuts))
    assert all(stop - start <= 10_000 for start, stop in cuts)
    assert all(stop in ends for _, stop in cuts[:-1])


def test_spans_are_sorted() -> None:
    spans = recognise([Document("v", "en", "Rome", "Paris and London.")])[0]
    assert spans == sorted(spans)
    assert all(isinstance(span, Span) for span in spans)


def test_the_faster_arithmetic_is_taken_quickly_and_computes_the_same() -> None:
    begun = time.process_time()
    arithmetic = faster_arithmetic()
    assert time.process_time() - begun < 1
    one = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert np.allclose(arithmetic.gemm(one, one, trans2=True), one @ one.T)
