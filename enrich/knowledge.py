"""New names that a knowledge base knows: linked where the name plainly means one entity.

The model has seen a name of that type there, and curated entries have had their turn: what comes
here has none. A name of several entities of its type means the best known of them, if that one is
`_DOMINANCE` times as well known as the next; otherwise no answer is better than a wrong one. A
single word is no name of a person here: too many people share it. Short forms follow their long
form.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl

from core.identity import known_entity_id
from core.knowledge_base import KnowledgeBase, name_key
from core.landed import LANDED
from enrich.document import Document
from enrich.gazetteer import Gazetteer
from enrich.links import KNOWLEDGE_BASE, NEW_NAME
from enrich.mentions import Mention
from enrich.senses import is_part_of_longer_name, is_team, words_of_sport

_DOMINANCE = 5
_MOST_STEPS = 8

type _Meaning = tuple[str, str]
"""Name as the knowledge base has it, and type."""


def link_known(
    documents: Sequence[Document],
    found: Sequence[list[Mention]],
    base: KnowledgeBase,
    gazetteer: Gazetteer,
) -> list[list[Mention]]:
    """The mentions of each document with new names linked to entities of `base`.

    An entity that the gazetteer has under its QID keeps its curated id and type.
    """
    meanings = [
        _meanings(document, mentions) for document, mentions in zip(documents, found, strict=True)
    ]
    names = {name for one in meanings for name, _ in one.values()}
    qid_of = _unambiguous(base.named(names))
    curated = {qid: entity_id for entity_id, qid in gazetteer.qid_of.items()}
    linked = []
    for mentions, meaning_of in zip(found, meanings, strict=True):
        ids = {
            local_id: curated.get(qid, known_entity_id(qid))
            for local_id, meaning in meaning_of.items()
            if (qid := qid_of.get(meaning)) is not None
        }
        linked.append([_linked(one, ids, gazetteer) for one in mentions])
    return linked


def _meanings(document: Document, mentions: Sequence[Mention]) -> dict[str, _Meaning]:
    """What to look up for each new entity of a document; its first spelling stands for it."""
    new = [one for one in mentions if one.link is NEW_NAME]
    elsewhere = _not_places(document, mentions)
    meanings: dict[str, _Meaning] = {}
    for one in new:
        surface = document.section(one.section)[one.start : one.end]
        is_one_word = " " not in surface
        if one.entity_id not in elsewhere and not (one.entity_type == "PERSON" and is_one_word):
            meanings.setdefault(one.entity_id, (name_key(surface), one.entity_type))
    return meanings


def _not_places(document: Document, mentions: Sequence[Mention]) -> set[str]:
    """Places that the document names at least once where the name does not mean the place."""
    sport = words_of_sport(document.title, document.text)
    starts = {(one.section, one.start) for one in mentions}

    def is_meant(one: Mention) -> bool:
        text = document.section(one.section)
        is_begin: Callable[[int], bool] = lambda start: (one.section, start) in starts  # noqa: E731
        return not (
            is_part_of_longer_name(text, one.start, one.end, is_begin)
            or is_team(text, one.start, sport)
        )

    return {one.entity_id for one in mentions if one.entity_type == "PLACE" and not is_meant(one)}


def _unambiguous(rows: pl.DataFrame) -> dict[_Meaning, str]:
    """The QID that each name means, among the entities of one type; `rows` of the base by fame."""
    best = (
        rows.unique(["name", "entity_type", "qid"], keep="first", maintain_order=True)
        .group_by("name", "entity_type", maintain_order=True)
        .agg(
            pl.col("qid").first(),
            pl.col("popularity").first().alias("best"),
            pl.col("popularity").get(1, null_on_oob=True).fill_null(0).alias("next"),
            pl.len().alias("entities"),
        )
        .filter((pl.col("entities") == 1) | (pl.col("best") >= _DOMINANCE * pl.col("next").clip(1)))
    )
    return {(name, kind): qid for name, kind, qid, *_ in best.iter_rows()}


def _linked(mention: Mention, ids: Mapping[str, str], gazetteer: Gazetteer) -> Mention:
    entity_id = ids.get(mention.entity_id)
    if entity_id is None:
        return mention
    link = KNOWLEDGE_BASE if mention.link is NEW_NAME else mention.link
    kind = gazetteer.type_of.get(entity_id, mention.entity_type)
    return mention._replace(entity_id=entity_id, entity_type=kind, link=link)


def described(qids: Iterable[str], base: KnowledgeBase, gazetteer: Gazetteer) -> pl.DataFrame:
    """Rows of the landed table `kb_entity`: the entities and all above them, up to curated ones."""
    curated = {qid: entity_id for entity_id, qid in gazetteer.qid_of.items()}
    found, known, wanted = [pl.DataFrame(schema=LANDED["kb_entity"])], set[str](), set(qids)
    while wanted and len(found) <= _MOST_STEPS:
        rows = base.entities(wanted)
        found.append(_landed(rows, curated))
        known |= wanted
        wanted = set(rows["parent_qid"].drop_nulls()) - known - curated.keys()
    return pl.concat(found)


def _landed(rows: pl.DataFrame, curated: Mapping[str, str]) -> pl.DataFrame:
    parents = [
        None if qid is None else curated.get(qid, known_entity_id(qid))
        for qid in rows["parent_qid"]
    ]
    return rows.select(
        pl.Series("entity_id", map(known_entity_id, rows["qid"]), dtype=pl.String),
        pl.col("label").alias("name"),
        "entity_type",
        pl.col("qid").alias("wikidata_qid"),
        "country",
        pl.Series("parent_id", parents, dtype=pl.String),
        "relation",
        "parent_from",
        "parent_to",
    )
