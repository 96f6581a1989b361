"""Scores with their uncertainty: the plain figure and a 95 % bootstrap interval."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.float64]
"""One row a document; the columns are whatever the score adds up."""

type Score = Callable[[Counts], float]
_RESAMPLES = 1_000
_SEED = 20_261_122


@dataclass(frozen=True)
class Estimate:
    """A score between 0 and 1 with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{_short(self.value)} ({_short(self.low)}–{_short(self.high)})"


@dataclass(frozen=True)
class Measurement:
    """One row of the table: what was measured on what, ours and the plain alternative.

    `key` names the floor in floors.json; `alternative` is None where there is none to compare.
    """

    key: str
    what: str
    data: str
    metric: str
    documents: int
    ours: Estimate
    alternative: Estimate | None = None
    alternative_name: str = ""


def estimate(counts: Counts, score: Score) -> Estimate:
    """`score` of all documents, with the interval over resampled documents."""
    random = np.random.default_rng(_SEED)
    draws = random.integers(0, len(counts), size=(_RESAMPLES, len(counts)))
    values = np.array([score(counts[draw]) for draw in draws])
    low, high = np.quantile(values, [0.025, 0.975])
    return Estimate(score(counts), float(low), float(high))


def micro_f1(counts: Counts) -> float:
    """F1 over the sums of columns true positives, false positives, false negatives."""
    right, wrong, missed = counts.sum(axis=0)
    return float(2 * right / max(2 * right + wrong + missed, 1))


def precision(counts: Counts) -> float:
    """Precision over the sums of the first columns, true positives and false positives."""
    right, wrong = counts[:, :2].sum(axis=0)
    return float(right / max(right + wrong, 1))


def recall(counts: Counts) -> float:
    """Recall over the sums of columns true positives, false positives, false negatives."""
    right, _, missed = counts.sum(axis=0)
    return float(right / max(right + missed, 1))


def mean_f1(counts: Counts) -> float:
    """F1 of the mean precision and mean recall per document (columns as `micro_f1`)."""
    right, wrong, missed = counts.T
    found, there = right + wrong, right + missed
    precise = np.divide(right, found, out=np.zeros_like(right), where=found > 0)
    recalled = np.divide(right, there, out=np.zeros_like(right), where=there > 0)
    some = (found > 0) | (there > 0)
    if not some.any():
        return 0.0
    both = precise[some].mean(), recalled[some].mean()
    return float(2 * both[0] * both[1] / max(sum(both), 1e-12))


def share(counts: Counts) -> float:
    """The mean of the first column."""
    return float(counts[:, 0].mean())


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")
