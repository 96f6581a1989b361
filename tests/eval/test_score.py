from pathlib import Path

import numpy as np
import pytest

from eval.floors import read_floors
from eval.report import write_page
from eval.score import Estimate, Measurement, estimate, mean_f1, micro_f1, precision, share


def test_scores_of_known_counts() -> None:
    counts = np.array([[3.0, 1.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    assert micro_f1(counts) == pytest.approx(6 / 9)
    assert precision(counts) == pytest.approx(3 / 5)
    assert mean_f1(counts) == pytest.approx(0.375)
    assert share(np.array([[1.0], [0.0]])) == 0.5


def test_the_interval_holds_the_figure_and_narrows_with_more_data() -> None:
    few = estimate(np.array([[1.0], [0.0]] * 20), share)
    many = estimate(np.array([[1.0], [0.0]] * 500), share)
    assert few.low < 0.5 < few.high
    assert many.high - many.low < few.high - few.low
    assert estimate(np.array([[1.0], [0.0]] * 20), share) == few


def measured(key: str, value: float) -> Measurement:
    return Measurement(key, "what", "data", "F1", 10, Estimate(value, value, value))


def test_the_page_has_a_row_a_measurement(tmp_path: Path) -> None:
    page = tmp_path / "accuracy.md"
    write_page([measured("a", 0.5)], {"a": 0.4}, page)
    assert page.read_text(encoding="utf-8").splitlines()[-1] == (
        "| what | data | 10 | F1 | .500 (.500–.500) | .400 | – |  |"
    )


def test_floors_are_shares() -> None:
    assert all(0 < floor <= 1 for floor in read_floors().values())
