"""`broadsheet cluster`: documents in; out, for each, its group of equal texts and its story."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TextIO

import polars as pl

from cli.enrich import language_of
from cli.json_lines import moment_of, read_documents
from core.config import config_folder, load_entities, load_themes
from core.landed import LANDED
from enrich.cache import Cache
from enrich.components import Enricher
from enrich.document import Document
from enrich.signatures import ALGORITHM_VERSION, signatures
from enrich.stories import near_duplicates
from enrich.story_links import story_links, story_of

_UNDATED = date(1970, 1, 1)


def cluster(lines: TextIO, out: TextIO) -> int:
    """Write `{"id", "syndication_id", "story_id"}` for each document.

    A document is `{"id", "title", "text", "published_at"}`. `syndication_id` is the id of the
    earliest of the documents that carry nearly the same text (itself, where there is no other);
    `story_id` that of the first report of the event that the document reports. Undated documents
    come last, in their order, and are near in time to each other only. Returns 0.

    Raises:
        InputError: a line is not such a document, or its `published_at` is no ISO 8601 time.
    """
    documents = list(read_documents(lines))
    moments = [moment_of(record) for record in documents]
    frame = _signature_frame(documents, moments)
    pairs = near_duplicates(frame, frame.clear())
    edges = zip(pairs["article_id_a"], pairs["article_id_b"], strict=True)
    order = [(moment is None, moment.isoformat() if moment else "") for moment in moments]
    first = earliest_of_group(order, ((int(a), int(b)) for a, b in edges))
    stories = _stories(documents, moments)
    for record, place, story in zip(documents, first, stories, strict=True):
        line = {
            "id": record["id"],
            "syndication_id": documents[place]["id"],
            "story_id": documents[story]["id"],
        }
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0


def earliest_of_group[Key: tuple[Any, ...]](
    order: list[Key], edges: Iterable[tuple[int, int]]
) -> list[int]:
    """For each place the place of the first member, by `order` then place, of its component."""
    lead = list(range(len(order)))

    def find(place: int) -> int:
        while lead[place] != place:
            lead[place] = lead[lead[place]]
            place = lead[place]
        return place

    for one, other in edges:
        early, late = sorted((find(one), find(other)), key=lambda place: (order[place], place))
        lead[late] = early
    return [find(place) for place in range(len(order))]


def _stories(documents: list[dict[str, Any]], moments: list[datetime | None]) -> list[int]:
    """For each document the place of the first of its story."""
    folder = config_folder()
    enricher = Enricher(
        load_entities(folder / "entities.yml"), load_themes(folder / "themes.yml"), Cache(None)
    )
    places = [f"{place:012d}" for place in range(len(documents))]
    texts = [
        Document(place, language_of(record), record["title"], record["text"])
        for place, record in zip(places, documents, strict=True)
        if record["text"].strip()
    ]
    days = [moment.date() if moment else _UNDATED for moment in moments]
    dated = pl.DataFrame(
        {"article_id": places, "published_at": moments, "published_day": days},
        schema_overrides={"published_at": LANDED["story_terms"]["published_at"]},
    )
    frame = (
        enricher.story_terms(texts)
        .drop("language")
        .join(dated, left_on="version_id", right_on="article_id")
        .with_columns(article_id="version_id", seen_in=pl.lit(_UNDATED))
    )
    story = story_of(story_links(frame, frame.clear()), places)
    return [int(story[place]) for place in places]


def _signature_frame(
    documents: list[dict[str, Any]], moments: list[datetime | None]
) -> pl.DataFrame:
    found = signatures([record["text"] for record in documents])
    places = [str(place) for place in range(len(documents))]
    return pl.DataFrame(
        {
            "article_id": places,
            "version_id": places,
            "published_day": [moment.date() if moment else _UNDATED for moment in moments],
            "algorithm_version": [ALGORITHM_VERSION] * len(documents),
            "min_hashes": found,
        },
        schema=LANDED["signature"],
    ).drop_nulls("min_hashes")
