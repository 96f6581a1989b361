"""Many themes an article: Reuters' ten largest topics, thresholds set from 300 labels.

Tested on every second telegram; the labels come from the others, in five draws whose counts are
averaged. Beside it plain keywords with thresholds from the same labels, and a TF-IDF classifier
that learns from all labels of the other half.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from core.config import load_themes
from core.identity import clean_text
from core.taxonomy import Scoring, Themes
from enrich.document import Document
from enrich.theme_calibration import best_threshold
from enrich.themes import Taxonomy
from eval.corpus import CORPUS, telegram_text
from eval.score import Counts, Measurement, estimate
from eval.tfidf import train_and_score

THEMES = Path(__file__).with_name("reuters.yml")
_LABELS = 300
_DRAWS = 5
_SEED = 20_261_122

type Scores = npt.NDArray[np.float64]
type Truths = npt.NDArray[np.bool_]


def measure() -> Iterator[Measurement]:
    """Micro- and macro-F1 of our themes beside both alternatives."""
    themes = load_themes(THEMES)
    documents, truths = _telegrams([theme.id for theme in themes.themes])
    ours = _calibrated(_scores(themes, documents), truths)
    plain = _calibrated(_scores(_keywords(themes), documents), truths)
    tfidf = _learned([f"{one.title} {one.text}" for one in documents], truths)
    metrics: list[tuple[str, Callable[[Counts], float]]] = [("micro", micro), ("macro", macro)]
    for name, metric in metrics:
        for key, alternative, alternative_name in (
            (f"themes/reuters-{name}", tfidf, f"TF-IDF on {len(truths) // 2} labels"),
            (f"themes/reuters-{name}-keywords", plain, f"keywords, {_LABELS} labels"),
        ):
            yield Measurement(
                key,
                f"many themes, thresholds from {_LABELS} labels",
                "Reuters, 10 topics",
                f"{name}-F1",
                len(ours),
                estimate(ours, metric),
                estimate(alternative, metric),
                alternative_name,
            )


def micro(counts: Counts) -> float:
    """F1 over the sums of all themes; the columns are right, wrong and missed of each theme."""
    right, wrong, missed = counts.reshape(len(counts), 3, -1).sum(axis=(0, 2))
    return float(2 * right / max(2 * right + wrong + missed, 1))


def macro(counts: Counts) -> float:
    """Mean F1 of the themes; columns as `micro`."""
    right, wrong, missed = counts.reshape(len(counts), 3, -1).sum(axis=0)
    return float(np.mean(2 * right / np.maximum(2 * right + wrong + missed, 1)))


def _telegrams(topics: list[str]) -> tuple[list[Document], Truths]:
    rows = pl.read_parquet(CORPUS / "themes" / "reuters21578_modapte_train.parquet")
    rows = rows.filter(pl.col("text").str.len_chars() > 0).select("title", "text", "topics")
    documents, truths = [], []
    for number, (title, text, given) in enumerate(rows.iter_rows()):
        documents.append(Document(str(number), "en", clean_text(title or ""), telegram_text(text)))
        truths.append([topic in given for topic in topics])
    return documents, np.array(truths)


def _scores(themes: Themes, documents: list[Document]) -> Scores:
    taxonomy = Taxonomy(themes)
    ids = [theme.id for theme in themes.themes]
    scored = (taxonomy.scores(document) for document in documents)
    return np.array(
        [[parts[one].total if one in parts else 0.0 for one in ids] for parts in scored]
    )


def _keywords(themes: Themes) -> Themes:
    """The same phrases without weights, contexts and vectors."""
    bare = [
        theme.model_copy(
            update={
                "rules": [
                    rule.model_copy(update={"requires": [], "excludes": [], "weight": 1.0})
                    for rule in theme.rules
                ]
            }
        )
        for theme in themes.themes
    ]
    return themes.model_copy(update={"themes": bare, "scoring": Scoring()})


def _calibrated(scores: Scores, truths: Truths) -> Counts:
    """Counts of the tested half, averaged over the draws of labels from the other."""
    random = np.random.default_rng(_SEED)
    drawn = []
    for _ in range(_DRAWS):
        labelled = 1 + 2 * random.choice(len(truths) // 2, _LABELS, replace=False)
        chosen = [
            best_threshold(scores[labelled, theme], truths[labelled, theme])
            for theme in range(truths.shape[1])
        ]
        thresholds = np.array([np.inf if one is None else one for one in chosen])
        drawn.append(_counts(scores[::2] >= thresholds, truths[::2]))
    return np.mean(drawn, axis=0)


def _learned(texts: list[str], truths: Truths) -> Counts:
    """Counts of TF-IDF, its thresholds from the last fifth of what it may read."""
    texts, answers = [*texts[1::2], *texts[::2]], np.vstack([truths[1::2], truths[::2]])
    tested = len(truths) // 2
    held = tested * 4 // 5
    scores = train_and_score(texts[:held], answers[:held], texts[held:])
    thresholds = [
        best_threshold(scores[: tested - held, theme], answers[held:tested, theme])
        for theme in range(truths.shape[1])
    ]
    found = scores[tested - held :] >= np.array([0 if one is None else one for one in thresholds])
    return _counts(found, answers[tested:])


def _counts(found: Truths, truths: Truths) -> Counts:
    return np.hstack([found & truths, found & ~truths, ~found & truths]).astype(np.float64)
