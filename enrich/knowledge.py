"""New names that a knowledge base knows: linked where the name plainly means one entity.

The model has seen a name of that type there, and curated entries have had their turn: what comes
here has none. A name of several entities of its type means the best known of them, if that one is
`_DOMINANCE` times as well known as the next; otherwise no answer is better than a wrong one. A
single word is shared by more things than any base holds: it is no name of a person here, and of
anything else only if that is known in `_KNOWN_BY_A_WORD` wikis. Short forms follow their long form.

Without the rule of single words, a base of 27,000 brands linked "Star" and "Tome" of the MSNBC
articles to shops. How far ahead is far is chosen with care, not measured: no labelled text here
comes with popularities.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from core.identity import known_entity_id
from core.knowledge_base import KnowledgeBase
from core.landed import LANDED
from core.typography import name_key
from enrich.document import Document
from enrich.gazetteer import Gazetteer
from enrich.links import KNOWLEDGE_BASE, NEW_NAME
from enrich.mentions import Mention
from enrich.senses import is_part_of_longer_name, is_team, words_of_sport

_DOMINANCE = 5
_KNOWN_BY_A_WORD = 20
_MOST_STEPS = 8


class _Meaning(NamedTuple):
    """A name as the knowledge base has it, and the type that the model sees."""

    name: str
    kind: str


class Identities:
    """The ids of entities of a knowledge base: those of the curated entries that are the same.

    The same is what has the same QID; or, for an entry without one, the same type and a name that
    always means the entry.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._of_qid = {qid: entity_id for entity_id, qid in gazetteer.qid_of.items()}
        self._of_name = {
            (one.alias, one.entity_type): one.entity_id
            for one in gazetteer.names
            if not one.needs_agreement and one.entity_id not in gazetteer.qid_of
        }

    def curated(self, qid: str, label: str, kind: str) -> str | None:
        """The id of the curated entry, or None."""
        return self._of_qid.get(qid) or self._of_name.get((name_key(label), kind))

    def of(self, qid: str, label: str, kind: str) -> str:
        return self.curated(qid, label, kind) or known_entity_id(qid)


def link_known(
    documents: Sequence[Document],
    found: Sequence[list[Mention]],
    base: KnowledgeBase,
    gazetteer: Gazetteer,
) -> list[list[Mention]]:
    """The mentions of each document with new names linked to entities of `base`."""
    meanings = [
        _meanings(document, mentions) for document, mentions in zip(documents, found, strict=True)
    ]
    names = {meaning.name for one in meanings for meaning in one.values()}
    id_of = _unambiguous(base.named(names), Identities(gazetteer))
    linked = []
    for mentions, meaning_of in zip(found, meanings, strict=True):
        ids = {
            local_id: id_of[meaning] for local_id, meaning in meaning_of.items() if meaning in id_of
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
            meanings.setdefault(one.entity_id, _Meaning(name_key(surface), one.entity_type))
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


def _unambiguous(rows: pl.DataFrame, identities: Identities) -> dict[_Meaning, str]:
    """The id that each name means, among the entities of one type; `rows` of the base by fame."""
    best = (
        rows.unique(["name", "entity_type", "qid"], keep="first", maintain_order=True)
        .group_by("name", "entity_type", maintain_order=True)
        .agg(
            pl.col("qid", "label").first(),
            pl.col("popularity").first().alias("best"),
            pl.col("popularity").get(1, null_on_oob=True).alias("next"),
        )
        .filter(
            pl.col("next").is_null() | (pl.col("best") >= _DOMINANCE * pl.col("next").clip(1)),
            pl.col("name").str.contains(" ") | (pl.col("best") >= _KNOWN_BY_A_WORD),
        )
    )
    return {
        _Meaning(name, kind): identities.of(qid, label, kind)
        for name, kind, qid, label, *_ in best.iter_rows()
    }


def _linked(mention: Mention, ids: Mapping[str, str], gazetteer: Gazetteer) -> Mention:
    entity_id = ids.get(mention.entity_id)
    if entity_id is None:
        return mention
    link = KNOWLEDGE_BASE if mention.link is NEW_NAME else mention.link
    kind = gazetteer.type_of.get(entity_id, mention.entity_type)
    return mention._replace(entity_id=entity_id, entity_type=kind, link=link)


def described(qids: Iterable[str], base: KnowledgeBase, gazetteer: Gazetteer) -> pl.DataFrame:
    """Rows of the landed table `kb_entity`: the entities and all above them, up to curated ones."""
    identities = Identities(gazetteer)
    found: list[pl.DataFrame] = []
    id_of: dict[str | None, str] = {}
    wanted = set(qids)
    while wanted and len(found) < _MOST_STEPS:
        rows = base.entities(wanted)
        is_curated = []
        for qid, label, kind in rows.select("qid", "label", "entity_type").iter_rows():
            curated = identities.curated(qid, label, kind)
            is_curated.append(curated is not None)
            id_of[qid] = curated or known_entity_id(qid)
        found.append(rows.filter(~pl.Series(is_curated, dtype=pl.Boolean)))
        wanted = set(found[-1]["parent_qid"].drop_nulls()) - id_of.keys()
    if not found:
        return pl.DataFrame(schema=LANDED["kb_entity"])
    return _landed(pl.concat(found), id_of)


def _landed(rows: pl.DataFrame, id_of: Mapping[str | None, str]) -> pl.DataFrame:
    ids, parents = (
        pl.Series(name, map(id_of.get, rows[column]), dtype=pl.String)
        for name, column in (("entity_id", "qid"), ("parent_id", "parent_qid"))
    )
    return rows.select(
        ids,
        pl.col("label").alias("name"),
        "entity_type",
        pl.col("qid").alias("wikidata_qid"),
        "country",
        parents,
        "relation",
        "parent_from",
        "parent_to",
    )
