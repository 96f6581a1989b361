"""A suite that DuckDB itself breaks off is judged once more, and only then given up."""

from pathlib import Path

import pytest
from duckdb import FatalException
from sqlalchemy.exc import DatabaseError

from expectations import validate as validation
from expectations.checks import Asset, Rows, Suite
from expectations.validate import validate
from expectations.verdicts import Verdict

ROWS = Rows(Asset("number", "select unnest([1, 2]) as one"), "Mend it.")
SUITE = Suite("small", (), (ROWS.not_null(["one"], "Numbers are there."),))


def fail(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Let evaluating end as it does on a database that became unusable."""
    evaluate, failures = validation._evaluate, []

    def evaluated(suite: Suite, docs: Path) -> list[Verdict]:
        verdicts = evaluate(suite, docs)
        if len(failures) < times:
            failures.append(1)
            raise DatabaseError("rollback", {}, FatalException("invalidated"))
        return verdicts

    monkeypatch.setattr(validation, "_evaluate", evaluated)
    return failures


def test_one_failure_is_made_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = fail(monkeypatch, 1)
    assert [one.success for one in validate(SUITE, tmp_path / "docs")] == [True]
    assert failures == [1]


def test_a_second_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, 2)
    with pytest.raises(DatabaseError, match="invalidated"):
        validate(SUITE, tmp_path / "docs")
