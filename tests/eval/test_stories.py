import numpy as np
import pytest

from eval.stories import ari, b_cubed, by_topic

GOLD = np.array([0, 0, 0, 1, 1, 2])


def test_scores_of_known_partitions() -> None:
    assert ari(GOLD, GOLD + 7) == b_cubed(GOLD, GOLD + 7) == 1
    merged, split = np.zeros(6, dtype=np.int64), np.arange(6)
    assert ari(GOLD, merged) == pytest.approx(0)
    assert ari(GOLD, split) == pytest.approx(0)
    # Precision is the mean of 3/6 (three times), 2/6 (twice) and 1/6; recall is 1.
    assert b_cubed(GOLD, merged) == pytest.approx(2 * (14 / 36) / (1 + 14 / 36))


def test_the_interval_holds_the_figure() -> None:
    found = np.array([0, 0, 3, 1, 1, 1])
    told = by_topic(np.array([1, 1, 1, 2, 2, 2]), GOLD, found, ari)
    assert told.low <= told.value <= told.high
