"""Themes of a document by the rules of the taxonomy, each with the sentences that speak for it.

A rule hits a sentence that holds one of its phrases, every context it requires and none that it
excludes (looked for in the sentence or in the whole article). An article's score for a theme is
the sum over its rules of the weight, half as much again for a hit in the title, plus 0.25 for
each further sentence of that rule, at most two; the taxonomy's scoring may add points for the
share of sentences hit and for nearness to the theme's prototype. Below the theme's threshold
nothing is told. In that share the sentence at place n counts 1/n, the title being the first: news
says first what it is about, and a mention in one late sentence of a long article is a passing
one. Where nearness lifts a theme over it, the nearest sentence is evidence too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, compress
from typing import NamedTuple

from core.taxonomy import SIMILARITY, Rule, Themes
from enrich import theme_vectors
from enrich.document import Document
from enrich.phrases import PhraseMatcher
from enrich.sentences import BODY, TITLE, Sentence, SentenceIndex

TITLE_FACTOR = 1.5
FURTHER_SENTENCE = 0.25
MOST_FURTHER = 2
LEAD = 4
"""The sentences that say what an article is about: the title, number 0, and the next three."""

_MOST_SENTENCES = 200


class Evidence(NamedTuple):
    """The phrase at `[start, end)` by which a rule chose a sentence; `rule_id` is theme/rule.

    Of theme/similarity it is the whole sentence, and `weight` what nearness added to the score.
    """

    theme_id: str
    rule_id: str
    section: str
    start: int
    end: int
    sentence_no: int
    weight: float


class ThemeScore(NamedTuple):
    """A theme that reached its threshold; exactly one of an article's themes is primary."""

    theme_id: str
    score: float
    evidence: list[Evidence]
    is_primary: bool = False


class Parts(NamedTuple):
    """What a theme's score is made of: points by rules, for focus and for similarity."""

    rules: float
    focus: float
    similarity: float
    evidence: list[Evidence]

    @property
    def total(self) -> float:
        return self.rules + self.focus + self.similarity


class _CompiledRule(NamedTuple):
    number: int
    theme_id: str
    rule_id: str
    requires: frozenset[str]
    excludes: frozenset[str]
    scope: str
    weight: float


class _Use(NamedTuple):
    """What a phrase of the automaton serves: rules by number, contexts by name."""

    rules: list[int]
    contexts: set[str]


class Taxonomy:
    """The rules of `themes.yml` compiled into one automaton; retired themes are left out."""

    def __init__(self, themes: Themes, vectors: theme_vectors.WordVectors | None = None) -> None:
        active = [theme for theme in themes.themes if theme.retired_in_edition is None]
        self.version = themes.taxonomy_version
        self._scoring = themes.scoring
        self._prototypes = (
            theme_vectors.prototypes(active, vectors)
            if active and themes.scoring.similarity > 0
            else None
        )
        self._thresholds = {theme.id: theme.threshold for theme in active}
        self._depth = {theme.id: 1 if theme.parent else 0 for theme in active}
        pairs = [(theme.id, rule) for theme in active for rule in theme.rules]
        self._rules = [
            _compiled(number, theme_id, rule) for number, (theme_id, rule) in enumerate(pairs)
        ]
        uses: dict[str, _Use] = defaultdict(lambda: _Use([], set()))
        for number, (_, rule) in enumerate(pairs):
            for phrase in rule.phrases:
                uses[phrase].rules.append(number)
        for name, phrases in themes.contexts.items():
            for phrase in phrases:
                uses[phrase].contexts.add(name)
        self._matcher = PhraseMatcher(uses)
        self._uses = list(uses.values())

    def classify(
        self, document: Document, scored: Mapping[str, Parts] | None = None
    ) -> list[ThemeScore]:
        """The themes that reach their threshold, the primary one first.

        `scored` are the document's `scores`, where they are known.
        """
        scored = self.scores(document) if scored is None else scored
        reached = [
            ThemeScore(
                theme_id,
                round(parts.total, 6),
                sorted(self.told(document, theme_id, parts), key=_place),
            )
            for theme_id, parts in scored.items()
            if self._reaches(theme_id, parts.total)
        ]
        reached = [one for one in reached if one.evidence]
        reached.sort(key=self._rank)
        return [one._replace(is_primary=place == 0) for place, one in enumerate(reached)]

    def scores(self, document: Document) -> dict[str, Parts]:
        """Per theme what its score is made of; themes without any point are left out."""
        evidence: dict[str, list[Evidence]] = defaultdict(list)
        rules: dict[str, float] = defaultdict(float)
        for found in self._evidence(document).values():
            rules[found[0].theme_id] += rule_score(found)
            evidence[found[0].theme_id] += found
        near = self._nearness(document)
        return {
            theme_id: Parts(
                rules.get(theme_id, 0.0),
                self._focus(document, evidence.get(theme_id, [])),
                near.get(theme_id, 0.0),
                evidence.get(theme_id, []),
            )
            for theme_id in self._thresholds
            if theme_id in rules or near.get(theme_id, 0.0) > 0
        }

    def _reaches(self, theme_id: str, score: float) -> bool:
        return score >= self._thresholds[theme_id] - 1e-9

    def _focus(self, document: Document, evidence: list[Evidence]) -> float:
        if not self._scoring.focus or not evidence:
            return 0.0
        hit = {one.sentence_no for one in evidence}
        return self._scoring.focus * share_hit([one.number in hit for one in document.sentences])

    def _nearness(self, document: Document) -> Mapping[str, float]:
        """Points for similarity, where there are any."""
        if self._prototypes is None or document.language not in theme_vectors.LANGUAGES:
            return {}
        found = self._prototypes.similarity(f"{document.title}\n{document.text}")
        return {
            theme_id: self._scoring.similarity * float(one)
            for theme_id, one in zip(self._thresholds, found, strict=True)
            if one > 0
        }

    def told(self, document: Document, theme_id: str, parts: Parts) -> list[Evidence]:
        """The evidence of the rules, and the nearest sentence where they do not suffice."""
        if self._reaches(theme_id, parts.total - parts.similarity):
            return parts.evidence
        nearest = self._nearest_sentence(document, theme_id)
        if nearest is None:
            return parts.evidence
        told = Evidence(
            theme_id,
            f"{theme_id}/{SIMILARITY}",
            nearest.section,
            nearest.start,
            nearest.end,
            nearest.number,
            round(parts.similarity, 6),
        )
        return [*parts.evidence, told]

    def _nearest_sentence(self, document: Document, theme_id: str) -> Sentence | None:
        """The first of the sentences nearest to the theme; None if none is near at all."""
        if self._prototypes is None:
            return None
        place = list(self._thresholds).index(theme_id)
        best, nearest = None, 0.0
        for sentence in document.sentences[:_MOST_SENTENCES]:
            text = document.section(sentence.section)[sentence.start : sentence.end]
            near = float(self._prototypes.similarity(text)[place])
            if near > nearest:
                best, nearest = sentence, near
        return best

    def _rank(self, theme: ThemeScore) -> tuple[float, int, int, str]:
        """Best score first, then most evidence, then the narrower theme, then the id."""
        depth = self._depth[theme.theme_id]
        return (-theme.score, -len(theme.evidence), -depth, theme.theme_id)

    def _evidence(self, document: Document) -> dict[int, list[Evidence]]:
        """Per rule its evidence, one row a sentence: the longest hit, of equal ones the first."""
        hits, contexts = self._hits(document)
        everywhere = set(chain.from_iterable(contexts.values()))
        lead = set(chain.from_iterable(contexts[number] for number in range(LEAD)))
        found: dict[int, list[Evidence]] = defaultdict(list)
        for (number, sentence_no), (section, start, end) in hits.items():
            rule = self._rules[number]
            present = everywhere if rule.scope == "article" else contexts[sentence_no]
            if rule.scope == "lead":
                present = present | lead
            if rule.requires <= present and not rule.excludes & present:
                found[number].append(
                    Evidence(
                        theme_id=rule.theme_id,
                        rule_id=rule.rule_id,
                        section=section,
                        start=start,
                        end=end,
                        sentence_no=sentence_no,
                        weight=rule.weight,
                    )
                )
        return found

    def _hits(
        self, document: Document
    ) -> tuple[dict[tuple[int, int], tuple[str, int, int]], dict[int, set[str]]]:
        """Per rule and sentence its best phrase, and per sentence the contexts that it names."""
        index = SentenceIndex(document.sentences)
        hits: dict[tuple[int, int], tuple[str, int, int]] = {}
        contexts: dict[int, set[str]] = defaultdict(set)
        for section in (TITLE, BODY):
            for phrase, start, end in self._matcher.find(document.section(section)):
                sentence = index.holding(section, start, end)
                if sentence is None:
                    continue
                use = self._uses[phrase]
                contexts[sentence.number] |= use.contexts
                for number in use.rules:
                    best = hits.get((number, sentence.number))
                    if best is None or (end - start, best[1]) > (best[2] - best[1], start):
                        hits[number, sentence.number] = (section, start, end)
        return hits, contexts


def rule_score(evidence: list[Evidence]) -> float:
    """What one rule adds to its theme's score by its evidence sentences."""
    in_title = any(one.section == TITLE for one in evidence)
    first = evidence[0].weight * (TITLE_FACTOR if in_title else 1.0)
    return first + FURTHER_SENTENCE * min(len(evidence) - 1, MOST_FURTHER)


def share_hit(hits: Sequence[bool]) -> float:
    """The share of an article's sentences hit, in order; the one at place n counts 1/n."""
    counts = [1 / place for place in range(1, len(hits) + 1)]
    return sum(compress(counts, hits)) / sum(counts)


def _compiled(number: int, theme_id: str, rule: Rule) -> _CompiledRule:
    return _CompiledRule(
        number,
        theme_id,
        f"{theme_id}/{rule.id}",
        frozenset(rule.requires),
        frozenset(rule.excludes),
        rule.scope,
        rule.weight,
    )


def _place(evidence: Evidence) -> tuple[int, int, str]:
    return (evidence.sentence_no, evidence.start, evidence.rule_id)
