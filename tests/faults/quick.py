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
    low, high = told.get("min_value"), told.get("max_value")
    known = ", ".join(_literal(one) for one in told.get("value_set", []))
    strictly = "<=" if told.get("strict_min") else "<"
    return {
        "ExpectColumnValuesToBeUnique": _repeated([str(column)]),
        "ExpectCompoundColumnsToBeUnique": _repeated(told.get("column_list", [])),
        "ExpectColumnValuesToBeInSet": f"from quick_rows where {column} not in ({known or 'null'})",
        "ExpectColumnValuesToBeBetween": f"from quick_rows where {_bound(column, strictly, low)} "
        f"or {_bound(column, '>', high)}",
        "ExpectColumnMaxToBeBetween": f"from quick_rows where {_bound(column, '>', high)}",
        "ExpectColumnMinToBeBetween": f"from quick_rows where {_bound(column, '<', low)}",
    }[check.expectation]


def _repeated(columns: list[str]) -> str:
    key = ", ".join(columns)
    known = " and ".join(f"{one} is not null" for one in columns)
    return f"select {key} from quick_rows where {known} group by {key} having count(*) > 1"


def _bound(column: Any, sign: str, limit: float | None) -> str:
    return "false" if limit is None else f"{column} {sign} {limit}"


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
