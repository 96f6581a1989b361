"""Links to Wikidata on labelled text: how many are right, how many of those to make are made."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core.config import config_folder, load_entities, load_themes
from enrich.cache import Cache
from enrich.components import Enricher
from enrich.document import Document
from enrich.gazetteer import Gazetteer, longest
from eval.corpus import CORPUS
from eval.score import Counts, Measurement, estimate, precision, recall

DATA = {"kore50": "KORE50, 50 hard sentences", "msnbc": "MSNBC, 20 articles"}
_NOT_TOLD = "<NO_MAPPING>"

type Links = dict[tuple[int, int], str]
type Labeller = Callable[[Links, tuple[int, int]], str | None]


class Linked(NamedTuple):
    """A text with the Wikidata id of each labelled span; `<NIL>` where Wikidata has none."""

    text: str
    gold: Links


def measure() -> Iterator[Measurement]:
    """Precision over our links on labelled spans, recall over the spans that have an id.

    `precision` judges links of exactly the labelled spans, `strict` also those that only overlap a
    label ("U.S." in "U.S. military"), as that label. A name without an id is no link: it lowers
    recall, not precision.
    """
    entities = load_entities(config_folder() / "entities.yml")
    enricher = Enricher(entities, load_themes(config_folder() / "themes.yml"), Cache(None))
    for key, data in DATA.items():
        linked = list(read_linked(CORPUS / "linking" / f"{key}.jsonl"))
        ours = _ours(enricher, linked)
        plain = [_plain(enricher.gazetteer, one.text) for one in linked]
        for metric, score, label in (
            ("precision", precision, _exactly_labelled),
            ("strict", precision, _labelled),
            ("recall", recall, _labelled),
        ):
            yield Measurement(
                f"links/{key}-{metric}",
                "links to Wikidata",
                data,
                "strict precision" if metric == "strict" else metric,
                len(linked),
                estimate(_counts(linked, ours, label), score),
                estimate(_counts(linked, plain, label), score),
                "every curated name as it stands",
            )


def read_linked(path: Path) -> Iterator[Linked]:
    """The texts of a file of {"text", "labels": [{"span", "qid"}]} lines."""
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        gold = {(one["span"][0], one["span"][1]): str(one["qid"]) for one in record["labels"]}
        yield Linked(record["text"], {k: qid for k, qid in gold.items() if qid != _NOT_TOLD})


def _ours(enricher: Enricher, linked: list[Linked]) -> list[Links]:
    documents = [Document(str(place), "en", "", one.text) for place, one in enumerate(linked)]
    found: list[Links] = [{} for _ in linked]
    columns = ("version_id", "char_start", "char_end", "entity_id")
    for place, start, end, entity_id in enricher.mentions(documents).select(columns).iter_rows():
        if qid := enricher.gazetteer.qid_of.get(entity_id):
            found[int(place)][start, end] = qid
    return found


def _plain(gazetteer: Gazetteer, text: str) -> Links:
    hits = longest(gazetteer.find(text))
    ids = ((hit, gazetteer.qid_of.get(hit.name.entity_id)) for hit in hits)
    return {(hit.start, hit.end): qid for hit, qid in ids if qid}


def _counts(linked: list[Linked], found: Iterable[Links], label: Labeller) -> Counts:
    """Right, wrong and missed links of each text."""
    rows = []
    for one, links in zip(linked, found, strict=True):
        right = wrong = 0
        for span, qid in links.items():
            meant = label(one.gold, span)
            right += meant == qid
            wrong += meant is not None and meant != qid
        there = sum(qid.startswith("Q") for qid in one.gold.values())
        rows.append((right, wrong, there - right))
    return np.array(rows, dtype=np.float64)


def _exactly_labelled(gold: Links, span: tuple[int, int]) -> str | None:
    return gold.get(span)


def _labelled(gold: Links, span: tuple[int, int]) -> str | None:
    """The label of the span that overlaps `span` most; None where nothing is labelled."""
    overlap: dict[str, int] = defaultdict(int)
    for (start, end), qid in gold.items():
        shared = min(end, span[1]) - max(start, span[0])
        if shared > 0:
            overlap[qid] = max(overlap[qid], shared)
    return max(overlap, key=overlap.__getitem__, default=None)
