"""One threshold a theme from labelled articles, and how right it is on articles it did not see.

The probability of a theme given its score is fitted by a logistic curve; the threshold is where
the F1 that this curve expects is highest. That moves less from sample to sample than the score
that happened to separate a few hundred articles best. Precision and recall are cross-validated.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

type Numbers = npt.NDArray[np.float64]
type Truths = npt.NDArray[np.bool_]

LEAST_POSITIVES = 3
_FOLDS = 5
_STEPS = 50
_PENALTY = 0.3
_NORMAL_95 = 1.959964


class Interval(NamedTuple):
    """A share with its 95 % Wilson interval; `of` is the number it is a share of."""

    value: float
    low: float
    high: float
    of: int


class Calibrated(NamedTuple):
    """A theme's threshold; None where the labels are too few or the score tells nothing."""

    threshold: float | None
    articles: int
    positives: int
    precision: Interval | None
    recall: Interval | None


def calibrate(scores: Numbers, truths: Truths, fallback: float) -> Calibrated:
    """Threshold of one theme from its articles' scores, shape (articles,), and labels.

    Precision and recall are of the thresholds of the other folds (`fallback` where those have
    too few positives); None where nothing was found, or nothing is there to be found.
    """
    folds = _folds(truths)
    found = np.zeros(len(scores), dtype=np.bool_)
    for fold in range(_FOLDS):
        held = folds == fold
        chosen = best_threshold(scores[~held], truths[~held])
        found[held] = scores[held] >= (fallback if chosen is None else chosen)
    right = int(np.sum(found & truths))
    return Calibrated(
        best_threshold(scores, truths),
        len(truths),
        int(truths.sum()),
        wilson(right, int(found.sum())),
        wilson(right, int(truths.sum())),
    )


def best_threshold(scores: Numbers, truths: Truths) -> float | None:
    """Where the expected F1 is highest; None for fewer than LEAST_POSITIVES or a useless score."""
    if truths.sum() < LEAST_POSITIVES or truths.all():
        return None
    centre, spread = float(scores.mean()), float(scores.std())
    if spread == 0:
        return None
    slope, level = _logistic((scores - centre) / spread, truths)
    if slope <= 0:
        return None
    order = np.sort(scores)[::-1]
    chance = _probability(slope * (order - centre) / spread + level)
    expected = 2 * np.cumsum(chance) / (np.arange(1, len(chance) + 1) + chance.sum())
    last = int(expected.argmax())
    following = order[last + 1] if last + 1 < len(order) else order[last]
    return float(order[last] + following) / 2


def wilson(right: int, of: int) -> Interval | None:
    """`right / of` with its interval; None of nothing."""
    if of == 0:
        return None
    share, square = right / of, _NORMAL_95**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _NORMAL_95 / (1 + square / of)
    half *= math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half), of)


def _folds(truths: Truths) -> npt.NDArray[np.int64]:
    """A fold an article; each has its part of the positives and of the rest."""
    folds = np.zeros(len(truths), dtype=np.int64)
    for kind in (truths, ~truths):
        folds[kind] = np.arange(int(kind.sum())) % _FOLDS
    return folds


def _logistic(values: Numbers, truths: Truths) -> tuple[float, float]:
    """Slope (lightly held to 0) and level, by Newton's method."""
    inputs = np.column_stack([values, np.ones(len(values))])
    penalty = np.array([_PENALTY, 1e-3])
    weights = np.zeros(2)
    for _ in range(_STEPS):
        chance = _probability(inputs @ weights)
        slope = inputs.T @ (chance - truths) + penalty * weights
        bend = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        weights -= step / max(1.0, float(np.abs(step).max()))
    return float(weights[0]), float(weights[1])


def _probability(odds: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
