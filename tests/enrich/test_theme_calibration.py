import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.theme_calibration import best_threshold, calibrate, wilson


def sample(positives: int, negatives: int, gap: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    scores = np.concatenate([random.normal(gap, 1, positives), random.normal(0, 1, negatives)])
    truths = np.arange(len(scores)) < positives
    order = random.permutation(len(scores))
    return scores[order], truths[order]


def test_the_threshold_lies_between_what_is_and_what_is_not() -> None:
    scores, truths = sample(30, 270, gap=8)
    threshold = best_threshold(scores, truths)
    assert threshold is not None
    assert scores[~truths].max() < threshold < scores[truths].min()


def test_it_is_near_the_best_on_articles_it_did_not_see() -> None:
    scores, truths = sample(3_000, 27_000, gap=3)
    threshold = best_threshold(scores[:300], truths[:300])
    assert threshold is not None

    def f1(cut: float) -> float:
        found = scores[300:] >= cut
        truth = truths[300:]
        return 2 * np.sum(found & truth) / (found.sum() + truth.sum())

    assert f1(threshold) > max(f1(cut) for cut in np.linspace(0, 4, 81)) - 0.05


@pytest.mark.parametrize(
    ("scores", "truths"),
    [
        ([3, 2, 0, 0], [1, 1, 0, 0]),
        ([1, 1, 1, 1, 1], [1, 1, 1, 0, 0]),
        ([0, 0, 0, 1, 1], [1, 1, 1, 0, 0]),
        ([3, 3, 3], [1, 1, 1]),
        ([], []),
    ],
)
def test_where_labels_tell_nothing_there_is_no_threshold(
    scores: list[float], truths: list[int]
) -> None:
    assert best_threshold(np.array(scores, float), np.array(truths, bool)) is None


def test_accuracy_is_of_articles_that_did_not_set_the_threshold() -> None:
    random = np.random.default_rng(5)
    scores, truths = random.normal(size=400), random.random(400) < 0.1
    calibrated = calibrate(scores, truths, fallback=1.0)
    assert calibrated.positives == truths.sum()
    assert calibrated.precision is not None
    assert calibrated.recall is not None
    assert calibrated.precision.value < 0.3  # noise stays noise
    assert calibrated.recall.of == truths.sum()


def test_of_nothing_there_is_no_accuracy() -> None:
    calibrated = calibrate(np.zeros(20), np.zeros(20, bool), fallback=1.0)
    assert calibrated == (None, 20, 0, None, None)


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share(right: int, of: int) -> None:
    interval = wilson(min(right, of), of)
    assert interval is not None
    assert 0 <= interval.low <= interval.value + 1e-12
    assert interval.value - 1e-12 <= interval.high <= 1
    assert interval.high - interval.low < 1


def test_known_interval() -> None:
    interval = wilson(8, 10)
    assert interval is not None
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.490, 0.943)
