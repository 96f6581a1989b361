"""Our own labels: themes of both taxonomies, and names with their entities, in real articles.

Two readers labelled each article without seeing the other's labels, the rules or any result; a
third settled what they disagreed on. `gold/themes.jsonl` and `gold/mentions.jsonl` hold the labels
by the article's key, never a text; `disputed` says what the readers did not agree on. A theme with
fewer than ten labelled articles is unmeasured. What is measured is written into the taxonomy, from
where it reaches `dim_theme` and the brief.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cli.theme_file import write_accuracies
from core.accuracy import LEAST_POSITIVES
from core.config import PROJECT_ROOT, Accuracy, Scoring, Theme, Themes, load_themes
from enrich.document import Document
from enrich.themes import Taxonomy
from eval.corpus import read_articles
from eval.score import Counts, Measurement, estimate, precision, recall

GOLD = Path(__file__).with_name("gold")
TAXONOMIES = (
    PROJECT_ROOT / "config" / "themes.yml",
    PROJECT_ROOT / "config" / "examples" / "energy-climate.yml",
)

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


def measure_themes() -> Iterator[Measurement]:
    """Precision and recall of every theme with enough labels, beside its phrases alone.

    Writes the accuracies into the taxonomies.
    """
    labelled = read_themes()
    for path in TAXONOMIES:
        themes = load_themes(path)
        measured = _measured(themes, labelled)
        write_accuracies(path, {one.id: _accuracy(measured.get(one.id)) for one in themes.themes})
        for one in measured.values():
            for metric, score in (("precision", precision), ("recall", recall)):
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


def read_themes() -> Labelled:
    """All labelled articles of `gold/themes.jsonl`."""
    records = read_records("themes")
    articles = read_articles([one["key"] for one in records])
    return Labelled(list(articles.values()), [set(one["themes"]) for one in records])


def read_records(name: str) -> list[dict[str, Any]]:
    """The lines of `gold/<name>.jsonl`."""
    lines = (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _measured(themes: Themes, labelled: Labelled) -> dict[str, MeasuredTheme]:
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
    return {one.theme.id: one for one in of_theme if one.positives >= LEAST_POSITIVES}


def _found(themes: Themes, documents: Sequence[Document]) -> Found:
    taxonomy = Taxonomy(themes)
    return [{one.theme_id for one in taxonomy.classify(document)} for document in documents]


def _counts(theme_id: str, truths: Found, found: Found) -> Counts:
    pairs = np.array(
        [(theme_id in truth, theme_id in one) for truth, one in zip(truths, found, strict=True)]
    )
    truth, one = pairs.T
    return np.column_stack([truth & one, ~truth & one, truth & ~one]).astype(np.float64)


def _accuracy(measured: MeasuredTheme | None) -> Accuracy | None:
    if measured is None:
        return None
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
