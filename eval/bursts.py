"""The burst rule on simulated themes: how often it cries over nothing, and what it finds.

The rule is that of `dbt_project/macros/baseline.sql`, whose figures a dbt unit test holds against
the same distribution.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.stats import nbinom

from eval.score import Measurement, estimate, share

_THEMES = 30
_MORNINGS = 5_000
_BASELINE = 28
_LEAST_STORIES = 3
_LEAST_CHANCE = 0.005
_RISE = 5
_SEED = 20_261_122

type Counts = npt.NDArray[np.int64]


def measure() -> Iterator[Measurement]:
    """Mornings without a false rise over 30 steady themes, and planted rises that are found."""
    dice = np.random.default_rng(_SEED)
    rates = np.linspace(0.2, 5, _THEMES)
    history = dice.poisson(rates, size=(_MORNINGS, _BASELINE, _THEMES))
    steady = dice.poisson(rates, size=(_MORNINGS, _THEMES))
    risen = dice.poisson(rates * _RISE + 3, size=(_MORNINGS, _THEMES))
    # Five days of seven are weekdays; the morning is one of either kind.
    is_like = np.arange(_BASELINE) % 7 < 5
    for kind, like in (("weekday", is_like), ("weekend", ~is_like)):
        totals, days = history[:, like].sum(axis=1), int(like.sum())
        cries = bursts(steady, totals, days)
        plain = scored(steady, history)
        yield Measurement(
            f"bursts/steady-{kind}",
            f"no false rise, {kind}",
            f"30 steady themes, simulated ({cries.sum() / _MORNINGS:.3f} false a morning; "
            f"z-score {plain.sum() / _MORNINGS:.2f})",
            "themes left quiet",
            _MORNINGS,
            estimate(1 - cries.mean(axis=1, keepdims=True), share),
            estimate(1 - plain.mean(axis=1, keepdims=True), share),
            "z-score of 2",
        )
        yield Measurement(
            f"bursts/planted-{kind}",
            f"planted rise found, {kind}",
            f"30 themes at {_RISE} times their rate and 3 more, simulated",
            "share",
            _MORNINGS,
            estimate(bursts(risen, totals, days).mean(axis=1, keepdims=True), share),
            estimate(scored(risen, history).mean(axis=1, keepdims=True), share),
            "z-score of 2",
        )


def bursts(counts: Counts, totals: Counts, days: int) -> npt.NDArray[np.bool_]:
    """Whether each count is a rise after `totals` on `days` days, owners left aside."""
    chance = nbinom.sf(counts - 1, totals + 0.5, days / (days + 1))
    return np.asarray((chance < _LEAST_CHANCE) & (counts >= _LEAST_STORIES))


def scored(counts: Counts, history: Counts) -> npt.NDArray[np.bool_]:
    """Whether each count lies two standard deviations above the mean of its history."""
    mean, spread = history.mean(axis=1), history.std(axis=1)
    return np.asarray(counts > mean + 2 * spread)
