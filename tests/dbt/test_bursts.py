"""The SQL of the burst rule against the distribution that it stands for."""

import duckdb
import pytest
from jinja2 import Environment
from scipy.stats import nbinom

from core.config import DBT_PROJECT

MACROS = Environment(autoescape=False).from_string(
    (DBT_PROJECT / "macros" / "baseline.sql").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("count", "total", "days"),
    [(0, 0, 14), (1, 0, 8), (3, 4, 20), (12, 40, 20), (400, 2_000, 20), (900, 100, 8)],
)
def test_the_tail_is_that_of_the_negative_binomial(count: int, total: int, days: int) -> None:
    tail = MACROS.module.upper_tail(str(count), str(total), str(days))  # type: ignore[attr-defined]
    (found,) = duckdb.sql(f"select {tail}").fetchall()[0]
    assert found == pytest.approx(nbinom.sf(count - 1, total + 0.5, days / (days + 1)), abs=1e-9)
