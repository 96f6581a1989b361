"""Our own labels: themes of both taxonomies, and names with their entities, in real articles.

Two readers labelled each article without seeing the other's labels, the rules or any result; a
third settled what they disagreed on. `gold/themes.jsonl` and `gold/mentions.jsonl` hold the labels
by the article's key, never a text; `disputed` says what the readers did not agree on. A theme with
fewer than ten labelled articles is unmeasured. What is measured is written into the taxonomy, from
where it reaches `dim_theme` and the brief. Rules are mended by reading articles that are not
`held_out`: those are read by nobody who mends a rule.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cli.theme_file import write_accuracies
from core.accuracy import LEAST_POSITIVES
from core.accuracy import measured as accurate
from core.config import PROJECT_ROOT, load_themes
from core.taxonomy import Accuracy, Scoring, Theme, Themes
from enrich.document import Document
from enrich.themes import Taxonomy
from eval.corpus import read_articles
from eval.score import Counts, Measurement, Score, estimate, precision, recall

GOLD = Path(__file__).with_name("gold")
TAXONOMIES = (
    PROJECT_ROOT / "config" / "themes.yml",
    PROJECT_ROOT / "config" / "examples" / "energy-climate.yml",
)

_METRICS: tuple[tuple[str, Score], ...] = (("precision", precision), ("recall", recall))

type Found = list[set[str]]


class Labelled(NamedTuple):
    """Articles and the themes that they are about, in the same order."""

    documents: list[Document]
    themes: Found


class MeasuredTheme(NamedTuple):
    """Right, wrong and missed of each article, shape (articles, 3), ours and by keywords alone."""

    theme: Theme
    ours: Counts
    keywords: Counts

    @property
    def positives(self) -> int:
        return int(self.ours[:, 0].sum() + self.ours[:, 2].sum())


type Measured = dict[Path, list[MeasuredTheme]]
"""The themes with enough labels, by the file of their taxonomy."""


def measure_taxonomies() -> Measured:
    """Classify every labelled article with both taxonomies."""
    labelled = read_themes()
    return {path: _measured(load_themes(path), labelled) for path in TAXONOMIES}


def measurements(measured: Measured) -> Iterator[Measurement]:
    """Precision and recall of every theme beside its phrases alone, and of each part in all."""
    together = [one for themes in measured.values() for one in themes]
    for one in together:
        for metric, score in _METRICS:
            yield Measurement(
                f"gold/{one.theme.id}-{metric}",
                f"theme ‘{one.theme.name}’",
                f"own labels, {one.positives} of {len(one.ours)} articles",
                metric,
                len(one.ours),
                estimate(one.ours, score),
                estimate(one.keywords, score),
                "its phrases alone",
            )
    yield from _parts(together, [one.get("held_out", False) for one in read_records("themes")])


def write(measured: Measured) -> None:
    """Write the accuracies into the taxonomies; a theme without one has none afterwards."""
    for path, themes in measured.items():
        found = {one.theme.id: _accuracy(one) for one in themes}
        write_accuracies(path, {one.id: found.get(one.id) for one in load_themes(path).themes})


def stale(measured: Measured) -> list[str]:
    """A sentence for each taxonomy that carries other accuracies than these."""
    return [
        f"{path.name} carries other accuracies of its themes than are measured; run make eval."
        for path, themes in measured.items()
        if _carried(load_themes(path)) != {one.theme.id: _shown(_accuracy(one)) for one in themes}
    ]


def _carried(themes: Themes) -> dict[str, tuple[float, ...]]:
    found = {theme.id: accurate(themes, theme) for theme in themes.themes}
    return {theme_id: _shown(one) for theme_id, one in found.items() if one}


def _shown(accuracy: Accuracy) -> tuple[float, ...]:
    return (
        round(accuracy.precision, 3),
        round(accuracy.recall, 3),
        accuracy.positives,
        accuracy.articles,
    )


def _parts(measured: list[MeasuredTheme], is_held_out: list[bool]) -> Iterator[Measurement]:
    """Precision and recall of all measured themes together, in either part of the articles."""
    held_out = np.array(is_held_out)
    ours = np.sum([one.ours for one in measured], axis=0)
    plain = np.sum([one.keywords for one in measured], axis=0)
    for part, name in ((~held_out, "development"), (held_out, "held-out")):
        for metric, score in _METRICS:
            yield Measurement(
                f"gold/{name}-{metric}",
                f"these {len(measured)} themes together, {name} part",
                f"own labels, {part.sum()} articles",
                metric,
                int(part.sum()),
                estimate(ours[part], score),
                estimate(plain[part], score),
                "their phrases alone",
            )


def read_themes() -> Labelled:
    """All labelled articles of `gold/themes.jsonl`."""
    records = read_records("themes")
    articles = read_articles([one["key"] for one in records])
    return Labelled(list(articles.values()), [set(one["themes"]) for one in records])


def read_records(name: str) -> list[dict[str, Any]]:
    """The lines of `gold/<name>.jsonl`."""
    lines = (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _measured(themes: Themes, labelled: Labelled) -> list[MeasuredTheme]:
    ours = _found(themes, labelled.documents)
    plain = _found(_keywords(themes), labelled.documents)
    of_theme = (
        MeasuredTheme(
            theme,
            _counts(theme.id, labelled.themes, ours),
            _counts(theme.id, labelled.themes, plain),
        )
        for theme in themes.themes
    )
    return [one for one in of_theme if one.positives >= LEAST_POSITIVES]


def _found(themes: Themes, documents: Sequence[Document]) -> Found:
    taxonomy = Taxonomy(themes)
    return [{one.theme_id for one in taxonomy.classify(document)} for document in documents]


def _counts(theme_id: str, truths: Found, found: Found) -> Counts:
    pairs = np.array(
        [(theme_id in truth, theme_id in one) for truth, one in zip(truths, found, strict=True)]
    )
    truth, one = pairs.T
    return np.column_stack([truth & one, ~truth & one, truth & ~one]).astype(np.float64)


def _accuracy(measured: MeasuredTheme) -> Accuracy:
    return Accuracy(
        precision=precision(measured.ours),
        recall=recall(measured.ours),
        positives=measured.positives,
        articles=len(measured.ours),
    )


def _keywords(themes: Themes) -> Themes:
    """The same phrases without contexts, weights and nearness: one hit gives the theme."""
    bare = {"requires": [], "excludes": [], "weight": 1.0}
    plain = [
        theme.model_copy(
            update={
                "threshold": 1.0,
                "rules": [rule.model_copy(update=bare) for rule in theme.rules],
            }
        )
        for theme in themes.themes
    ]
    return themes.model_copy(update={"themes": plain, "scoring": Scoring()})
