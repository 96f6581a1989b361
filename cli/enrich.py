"""`broadsheet enrich`: documents in, entities and themes out, a line of JSON each."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import batched
from pathlib import Path
from typing import Any, TextIO

from cli.json_lines import read_documents
from core.config import config_folder, load_entities, load_themes
from core.home import Home
from core.knowledge_base import named_base
from enrich.cache import Cache
from enrich.components import Enricher, analysis_level
from enrich.document import Document

_BATCH = 500
_ENOUGH_TO_TELL = 200
"""Letters from which the language of a text is told; shorter ones are taken for English unless
they are mostly written in another script."""


def enrich(themes: Path | None, entities: Path | None, lines: TextIO, out: TextIO) -> int:
    """Write `{"id", "analysis_level", "entities", "themes"}` for each `{"id", "title", "text"}`.

    The level is that of `dim_article`: `gazetteer_only` for a language without a model. Returns 0.

    Offsets count code points of the cleaned (NFC) title or text, half-open. `language` may be
    given; otherwise it is told from the text.

    Raises:
        ConfigError: the taxonomy or the gazetteer is wrong.
        InputError: a line is not such a document.
    """
    gazetteer = load_entities(entities or config_folder() / "entities.yml")
    taxonomy = load_themes(themes or config_folder() / "themes.yml")
    base = named_base(gazetteer, Home.from_environment())
    enricher = Enricher(gazetteer, taxonomy, Cache(None), base)
    for batch in batched(read_documents(lines), _BATCH):
        out.writelines(
            json.dumps(record, ensure_ascii=False) + "\n" for record in _enriched(enricher, batch)
        )
    return 0


def _enriched(enricher: Enricher, batch: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    documents = [
        # Within a batch the place stands for the content hash.
        Document(str(place), language_of(record), record["title"], record["text"])
        for place, record in enumerate(batch)
    ]
    entities: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in enricher.mentions(documents).iter_rows(named=True):
        entities[row["version_id"]].append(
            {
                **_span(row),
                "surface": row["surface"],
                "type": row["entity_type"],
                "entity_id": row["entity_id"],
                "qid": enricher.qid_of(row["entity_id"]),
                "link_rule": row["link_rule"],
                "link_confidence": row["link_confidence"],
            }
        )
    themes: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in enricher.themes(documents).iter_rows(named=True):
        theme = {"theme_id": row["theme_id"], "score": row["score"], "evidence": []}
        theme = themes[row["version_id"]].setdefault(row["theme_id"], theme)
        theme["evidence"].append({**_span(row), "rule_id": row["rule_id"]})
    for record, document in zip(batch, documents, strict=True):
        yield {
            "id": record["id"],
            "analysis_level": analysis_level(document.text, document.language),
            "entities": entities[document.version_id],
            "themes": list(themes[document.version_id].values()),
        }


def _span(row: dict[str, Any]) -> dict[str, Any]:
    return {"section": row["section"], "start": row["char_start"], "end": row["char_end"]}


def language_of(record: dict[str, Any]) -> str:
    """The document's `language`, or what its letters say."""
    if record.get("language"):
        return str(record["language"])
    sample = f"{record['title']} {record['text']}"[:2_000]
    letters = sum(map(str.isalpha, sample))
    latin = sum("a" <= one.lower() <= "z" for one in sample)
    if letters < _ENOUGH_TO_TELL and 2 * latin >= letters:
        return "en"
    import py3langid

    return str(py3langid.classify(sample)[0])
