"""A text explained: its mentions, its themes, those that nearly were, and what spoke for each."""

from collections import defaultdict

from core.accuracy import measured
from core.config import Entities
from core.explanation import NEARLY, Evidence, Explanation, Mention, Parts, ThemeAccount
from core.knowledge_base import KnowledgeBase
from core.taxonomy import Themes
from enrich import themes as rules
from enrich.cache import Cache
from enrich.components import EXTRACTOR_VERSION, Enricher, analysis_level
from enrich.document import Document


class TaxonomyReader:
    """Reads texts by a taxonomy, as enrichment does, and tells what it leaves out as well."""

    def __init__(self, themes: Themes) -> None:
        self._taxonomy = rules.Taxonomy(themes)
        self._theme = {theme.id: theme for theme in themes.themes}
        self._accuracy = {theme.id: measured(themes, theme) for theme in themes.themes}

    @property
    def taxonomy_version(self) -> str:
        return self._taxonomy.version

    def read(self, title: str, text: str, language: str) -> list[ThemeAccount]:
        """The themes that it is about, the primary first, then those that nearly were, by score."""
        document = Document("", language, title, text)
        if not text.strip():
            return []  # as enrichment: a bare headline is not analysed
        scored = self._taxonomy.scores(document)
        reached = [
            self._account(document, scored[one.theme_id], one)
            for one in self._taxonomy.classify(document, scored)
        ]
        found = {one.theme_id for one in reached}
        nearly = [
            self._account(document, parts, self._unreached(document, theme_id, parts))
            for theme_id, parts in scored.items()
            if theme_id not in found and parts.total >= NEARLY * self._theme[theme_id].threshold
        ]
        nearly.sort(key=lambda one: (-one.score / (one.threshold or 1.0), one.theme_id))
        return reached + nearly

    def _unreached(self, document: Document, theme_id: str, parts: rules.Parts) -> rules.ThemeScore:
        by_nearness = parts.similarity > 0
        evidence = self._taxonomy.told(document, theme_id, parts) if by_nearness else parts.evidence
        return rules.ThemeScore(theme_id, round(parts.total, 6), evidence)

    def _account(
        self, document: Document, parts: rules.Parts, found: rules.ThemeScore
    ) -> ThemeAccount:
        theme, accuracy = self._theme[found.theme_id], self._accuracy[found.theme_id]
        return ThemeAccount(
            theme_id=theme.id,
            name=theme.name,
            score=found.score,
            threshold=theme.threshold,
            is_reached=found.score >= theme.threshold - 1e-6 and bool(found.evidence),
            is_primary=found.is_primary,
            evidence=_evidence(document, found.evidence),
            parts=Parts(_points(parts.evidence), round(parts.focus, 6), round(parts.similarity, 6)),
            precision=accuracy.precision if accuracy else None,
            recall=accuracy.recall if accuracy else None,
            positives=accuracy.positives if accuracy else None,
        )


def explain_document(
    document: Document, entities: Entities, themes: Themes, base: KnowledgeBase | None = None
) -> Explanation:
    """Everything that enrichment finds in one clean (NFC) text; its id is the document's."""
    title, text, language = document.title, document.text, document.language
    accounts = TaxonomyReader(themes).read(title, text, language)
    level = analysis_level(text, language)
    return Explanation(
        article_id=document.version_id,
        title=title,
        text=text,
        language=language,
        analysis_level=level,
        taxonomy_version=themes.taxonomy_version,
        extractor_version=EXTRACTOR_VERSION,
        mentions=()
        if level == "none"
        else _mentions(document, Enricher(entities, themes, Cache(None), base)),
        themes=tuple(one for one in accounts if one.is_reached),
        nearly=tuple(one for one in accounts if not one.is_reached),
    )


def _mentions(document: Document, enricher: Enricher) -> tuple[Mention, ...]:
    found = enricher.mentions([document])
    names = dict(enricher.kb_entities(found).select("entity_id", "name").iter_rows())
    names |= enricher.gazetteer.title_of
    return tuple(
        Mention(
            section=row["section"],
            start=row["char_start"],
            end=row["char_end"],
            surface=row["surface"],
            sentence_no=row["sentence_no"],
            entity_id=row["entity_id"],
            name=names.get(row["entity_id"], row["surface"]),
            entity_type=row["entity_type"],
            qid=enricher.qid_of(row["entity_id"]),
            method=row["method"],
            confidence=row["confidence"],
            link_rule=row["link_rule"],
            link_confidence=row["link_confidence"],
        )
        for row in found.iter_rows(named=True)
    )


def _evidence(document: Document, found: list[rules.Evidence]) -> tuple[Evidence, ...]:
    sentences = {
        one.number: document.section(one.section)[one.start : one.end] for one in document.sentences
    }
    return tuple(
        Evidence(
            section=one.section,
            start=one.start,
            end=one.end,
            surface=document.section(one.section)[one.start : one.end],
            sentence_no=one.sentence_no,
            sentence=sentences[one.sentence_no],
            rule_id=one.rule_id,
            weight=one.weight,
        )
        for one in sorted(found, key=lambda one: (one.sentence_no, one.start, one.rule_id))
    )


def _points(evidence: list[rules.Evidence]) -> dict[str, float]:
    """What each rule adds to the score."""
    by_rule: dict[str, list[rules.Evidence]] = defaultdict(list)
    for one in evidence:
        by_rule[one.rule_id].append(one)
    return {rule_id: round(rules.rule_score(by_rule[rule_id]), 6) for rule_id in sorted(by_rule)}
