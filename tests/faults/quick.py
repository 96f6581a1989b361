"""Evaluates the checks of a suite straight in DuckDB, for tests that ask thousands of times.

`test_quick.py` holds this against Great Expectations, which the gate asks.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from duckdb import DuckDBPyConnection, Error

from expectations.checks import NO_ROWS, Check, Suite


def failing(connection: DuckDBPyConnection, suite: Suite) -> Iterator[Check]:
    """The checks of `suite` that fail, asset by asset; its setup ran on the connection.

    A check that cannot be evaluated has failed.
    """
    for asset in suite.assets:
        checks = [one for one in suite.checks if one.asset == asset and not one.inactive]
        try:
            connection.execute(f"create or replace temp table quick_rows as {asset.query}")
        except Error:
            yield from checks
            continue
        yield from (one for one in checks if not holds(connection, one))


def holds(connection: DuckDBPyConnection, check: Check) -> bool:
    """Whether the check holds of the rows in `quick_rows`."""
    try:
        return not connection.execute(f"select 1 from ({_violations(check)}) limit 1").fetchall()
    except Error:
        return False


def run_setup(connection: DuckDBPyConnection, statements: Iterable[str]) -> None:
    for one in statements:
        connection.execute(one)


def _violations(check: Check) -> str:
    """SQL for what breaks the check."""
    told = check.arguments
    column = told.get("column")
    if check.expectation == NO_ROWS:
        return f"with batch as (from quick_rows) select * from ({told['query']})"
    if check.expectation == "ExpectColumnValuesToBeUnique":
        return _repeated([str(column)])
    if check.expectation == "ExpectCompoundColumnsToBeUnique":
        return _repeated(told["column_list"])
    if check.expectation == "ExpectColumnValuesToBeInSet":
        known = ", ".join(_literal(one) for one in told["value_set"])
        return f"from quick_rows where {column} not in ({known})"
    if check.expectation == "ExpectColumnValuesToBeBetween":
        low = _bound(column, "<=" if told["strict_min"] else "<", told["min_value"])
        return f"from quick_rows where {low} or {_bound(column, '>', told['max_value'])}"
    if check.expectation == "ExpectColumnMaxToBeBetween":
        return f"from quick_rows where {_bound(column, '>', told['max_value'])}"
    if check.expectation == "ExpectColumnMinToBeBetween":
        return f"from quick_rows where {_bound(column, '<', told['min_value'])}"
    raise NotImplementedError(check.expectation)


def _repeated(columns: list[str]) -> str:
    key = ", ".join(columns)
    known = " and ".join(f"{one} is not null" for one in columns)
    return f"select {key} from quick_rows where {known} group by {key} having count(*) > 1"


def _bound(column: Any, sign: str, limit: float | None) -> str:
    return "false" if limit is None else f"{column} {sign} {limit}"


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
