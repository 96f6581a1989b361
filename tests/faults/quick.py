"""Evaluates the checks of a suite straight in DuckDB, for tests that ask thousands of times.

`test_quick.py` holds this against Great Expectations, which the gate asks.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from duckdb import DuckDBPyConnection, Error

from expectations.checks import NO_ROWS, Check, Suite


def failing(connection: DuckDBPyConnection, suite: Suite) -> Iterator[Check]:
    """The checks of `suite` that fail, asset by asset; its setup ran on the connection.

    A check that cannot be evaluated has failed. As for the gate, an asset's rows are the table
    `<asset>_rows`, which later assets may read.
    """
    for table in suite.derived:
        with suppress(Error):  # what reads it fails then
            connection.execute(f"create or replace temp table {table.name} as {table.query}")
    for asset in suite.assets:
        checks = [one for one in suite.checks if one.asset == asset and not one.inactive]
        try:
            connection.execute(f"create or replace temp table {asset.name}_rows as {asset.query}")
        except Error:
            yield from checks
            continue
        yield from (one for one in checks if not _holds(connection, one))


def about(suite: Suite, name: str) -> Suite:
    """The suite with the asset of one check alone, and with those that its query reads."""
    (chosen,) = (one.asset for one in suite.checks if one.name == name)
    checks = (
        one for one in suite.checks
        if one.asset == chosen or f"{one.asset.name}_rows" in chosen.query
    )  # fmt: skip
    return Suite(suite.name, suite.setup, tuple(checks), suite.derived)


def _holds(connection: DuckDBPyConnection, check: Check) -> bool:
    """Whether the check holds of the rows of its asset."""
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
    rows = f"{check.asset.name}_rows"
    if check.expectation == NO_ROWS:
        return f"with batch as (from {rows}) select * from ({told['query']})"
    low, high = told.get("min_value"), told.get("max_value")
    known = ", ".join(_literal(one) for one in told.get("value_set", []))
    strictly = "<=" if told.get("strict_min") else "<"
    return {
        "ExpectColumnValuesToBeUnique": _repeated(rows, [str(column)]),
        "ExpectCompoundColumnsToBeUnique": _repeated(rows, told.get("column_list", [])),
        "ExpectColumnValuesToBeInSet": f"from {rows} where {column} not in ({known or 'null'})",
        "ExpectColumnValuesToBeBetween": f"from {rows} where {_bound(column, strictly, low)} "
        f"or {_bound(column, '>', high)}",
        "ExpectColumnMaxToBeBetween": f"from {rows} where {_bound(column, '>', high)}",
        "ExpectColumnMinToBeBetween": f"from {rows} where {_bound(column, '<', low)}",
    }[check.expectation]


def _repeated(rows: str, columns: list[str]) -> str:
    key = ", ".join(columns)
    known = " and ".join(f"{one} is not null" for one in columns)
    return f"select {key} from {rows} where {known} group by {key} having count(*) > 1"


def _bound(column: Any, sign: str, limit: float | None) -> str:
    return "false" if limit is None else f"{column} {sign} {limit}"


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
