"""The steps of enrichment as cached components, each with the version of all that it depends on."""

import importlib.metadata
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

import polars as pl

from core import identity, typography
from core.config import Entities
from core.identity import qid_of_known, short_hash
from core.knowledge_base import KnowledgeBase
from core.landed import LANDED
from core.taxonomy import Themes
from enrich import (
    gazetteer,
    knowledge,
    links,
    mentions,
    namesakes,
    ner,
    phrases,
    second_look,
    senses,
    sentences,
    signatures,
    spans,
    theme_vectors,
    words,
)
from enrich import story_terms as story_numbers
from enrich import themes as theme_rules
from enrich.cache import Cache, Component, Row, code_version
from enrich.document import Document
from enrich.mentions import Mention

_PLACE = {"section": pl.String, "char_start": pl.Int32, "char_end": pl.Int32}
_NOT_READ = {"themes": {"__all__": {"accuracy", "examples", "counterexamples"}}}
_WEIGHTS_VERSION = short_hash(second_look.WEIGHTS.read_bytes().hex())
_MODEL_VERSION = f"{ner.MODEL} spacy-{importlib.metadata.version('spacy')}"

SENTENCES = Component(
    "sentences",
    code_version(sentences),
    pl.Schema({"sentence_no": pl.Int32, **_PLACE, "text": pl.String, "in_quotation": pl.Boolean}),
    lambda documents: [_sentence_rows(document) for document in documents],
)
NER = Component(
    "ner",
    short_hash(code_version(ner, second_look, sentences, spans), _WEIGHTS_VERSION, _MODEL_VERSION),
    pl.Schema({**_PLACE, "entity_type": pl.String}),
    lambda documents: [list(found) for found in ner.recognise(documents)],
)
SIGNATURES = Component(
    "signatures",
    short_hash(code_version(signatures, words), signatures.ALGORITHM_VERSION),
    pl.Schema([("algorithm_version", pl.String), ("min_hashes", pl.List(pl.UInt32))]),
    lambda documents: _signature_rows([document.text for document in documents]),
)
_MENTION_CODE = code_version(
    mentions,
    knowledge,
    namesakes,
    gazetteer,
    phrases,
    links,
    senses,
    sentences,
    spans,
    identity,
    typography,
)
EXTRACTOR_VERSION = short_hash(SENTENCES.version, NER.version, _MENTION_CODE)
"""Names the code and the model that find mentions; the gazetteer has a version of its own."""


def analysis_level(text: str | None, language: str) -> str:
    """`full`, `gazetteer_only` for a language without a model, `none` without a text."""
    if not (text or "").strip():
        return "none"
    return "full" if language in ner.LANGUAGES else "gazetteer_only"


class Enricher:
    """All components for one gazetteer and one taxonomy, over one cache.

    Every method takes documents of any language and gives one row a fact, with `version_id` and
    `language` in front. Spans are code points, half-open, and `surface` is what stands there.
    """

    def __init__(
        self,
        entities: Entities,
        taxonomy: Themes,
        cache: Cache,
        base: KnowledgeBase | None = None,
    ) -> None:
        self._entities = entities
        self._base = base
        self._themes = taxonomy
        self._cache = cache

    @property
    def versions(self) -> dict[str, str]:
        """The version of every component, by its name: equal ones give equal facts."""
        components = (
            SENTENCES,
            NER,
            SIGNATURES,
            self._mention_component,
            self._theme_component,
            self._story_component,
        )
        return {one.name: one.version for one in components}

    def sentences(self, documents: Sequence[Document]) -> pl.DataFrame:
        """sentence_no, section, char_start, char_end, text, in_quotation."""
        return self._cache.rows(SENTENCES, documents)

    def signatures(self, documents: Sequence[Document]) -> pl.DataFrame:
        """algorithm_version, min_hashes; no row for a text too short to have one."""
        return self._cache.rows(SIGNATURES, documents)

    def mentions(self, documents: Sequence[Document]) -> pl.DataFrame:
        """entity_id, entity_type, sentence_no, place, surface, and the link with its trust."""
        return self._cache.rows(self._mention_component, documents)

    def kb_entities(self, found: pl.DataFrame) -> pl.DataFrame:
        """The entities of the knowledge base that mentions name, as landed `kb_entity`."""
        ids = (qid_of_known(one) for one in found["entity_id"].unique())
        qids = [one for one in ids if one is not None]
        if self._base is None or not qids:
            return pl.DataFrame(schema=LANDED["kb_entity"])
        return knowledge.described(qids, self._base, self.gazetteer)

    def qid_of(self, entity_id: str) -> str | None:
        """The Wikidata id of an entity, where it is known."""
        return self.gazetteer.qid_of.get(entity_id) or qid_of_known(entity_id)

    def themes(self, documents: Sequence[Document]) -> pl.DataFrame:
        """An evidence row each, with its theme's score and is_primary beside it."""
        return self._cache.rows(self._theme_component, documents)

    def story_terms(self, documents: Sequence[Document]) -> pl.DataFrame:
        """model_version, terms, weights, vector: what tells which texts report one event."""
        return self._cache.rows(self._story_component, documents)

    @cached_property
    def gazetteer(self) -> gazetteer.Gazetteer:
        return gazetteer.Gazetteer(self._entities)

    @cached_property
    def taxonomy(self) -> theme_rules.Taxonomy:
        return theme_rules.Taxonomy(self._themes)

    @cached_property
    def _mention_component(self) -> Component:
        return Component(
            "mentions",
            short_hash(
                _MENTION_CODE,
                NER.version,
                self._entities.model_dump_json(exclude={"knowledge_base"}),
                self._base.content_hash if self._base else "",
            ),
            pl.Schema(
                {
                    "entity_id": pl.String,
                    "entity_type": pl.String,
                    "sentence_no": pl.Int32,
                    **_PLACE,
                    "surface": pl.String,
                    "method": pl.String,
                    "confidence": pl.Float64,
                    "link_rule": pl.String,
                    "link_confidence": pl.Float64,
                }
            ),
            self._mention_rows,
        )

    @cached_property
    def _theme_component(self) -> Component:
        return Component(
            "themes",
            short_hash(
                code_version(theme_rules, theme_vectors, phrases, sentences, typography),
                theme_vectors.model_version(),
                self._themes.model_dump_json(exclude=_NOT_READ),
            ),
            pl.Schema(
                {
                    "theme_id": pl.String,
                    "score": pl.Float64,
                    "is_primary": pl.Boolean,
                    "rule_id": pl.String,
                    "sentence_no": pl.Int32,
                    **_PLACE,
                    "surface": pl.String,
                    "weight": pl.Float64,
                }
            ),
            lambda documents: [self._theme_rows(document) for document in documents],
        )

    @cached_property
    def _story_component(self) -> Component:
        model = story_numbers.MODEL
        return Component(
            "story_terms",
            short_hash(
                code_version(story_numbers, words), model.stem, self._mention_component.version
            ),
            pl.Schema(
                [
                    ("model_version", pl.String),
                    ("terms", pl.List(pl.UInt32)),
                    ("weights", pl.List(pl.UInt16)),
                    ("vector", pl.List(pl.Int8)),
                ]
            ),
            self._story_rows,
        )

    @cached_property
    def _story_model(self) -> story_numbers.StoryModel:
        return story_numbers.StoryModel()

    def _story_rows(self, documents: Sequence[Document]) -> list[list[Row]]:
        names: dict[tuple[str, str], list[str]] = defaultdict(list)
        found = self.mentions(documents).select("version_id", "language", "surface").unique()
        for version_id, language, surface in found.iter_rows():
            names[version_id, language].append(surface)
        return [
            [
                (
                    story_numbers.MODEL.stem,
                    *self._story_model.describe(
                        one.title, one.text, names[one.version_id, one.language]
                    ),
                )
            ]
            for one in documents
        ]

    def _mention_rows(self, documents: Sequence[Document]) -> list[list[Row]]:
        return [
            [
                (
                    *(one.entity_id, one.entity_type, one.sentence_no),
                    *(one.section, one.start, one.end),
                    document.section(one.section)[one.start : one.end],
                    *(one.link.method, one.link.confidence),
                    *(one.link.rule, one.link.link_confidence),
                )
                for one in found
            ]
            for document, found in zip(documents, self._mentions(documents), strict=True)
        ]

    def _mentions(self, documents: Sequence[Document]) -> list[list[Mention]]:
        seen = self._seen(documents)
        found = [
            mentions.find_mentions(one, self.gazetteer, seen[one.version_id, one.language])
            for one in documents
        ]
        if self._base is None:
            return found
        return knowledge.link_known(documents, found, self._base, self.gazetteer)

    def _seen(self, documents: Sequence[Document]) -> dict[tuple[str, str], list[spans.Span]]:
        readable = [one for one in documents if one.language in ner.LANGUAGES]
        seen: dict[tuple[str, str], list[spans.Span]] = defaultdict(list)
        if readable:
            for version_id, language, *span in self._cache.rows(NER, readable).iter_rows():
                seen[version_id, language].append(spans.Span(*span))
        return seen

    def _theme_rows(self, document: Document) -> list[Row]:
        return [
            (
                *(theme.theme_id, theme.score, theme.is_primary),
                *(one.rule_id, one.sentence_no),
                *(one.section, one.start, one.end),
                document.section(one.section)[one.start : one.end],
                one.weight,
            )
            for theme in self.taxonomy.classify(document)
            for one in theme.evidence
        ]


def _sentence_rows(document: Document) -> list[Row]:
    return [
        (
            *(one.number, one.section, one.start, one.end),
            document.section(one.section)[one.start : one.end],
            one.in_quotation,
        )
        for one in document.sentences
    ]


def _signature_rows(texts: Sequence[str]) -> list[list[Row]]:
    return [
        [(signatures.ALGORITHM_VERSION, one)] if one is not None else []
        for one in signatures.signatures(texts)
    ]
