"""For every column of every mart: a wrong value in it is found, or it stands on a list with why.

And for every mart: a row lost, a row twice. Each is done to a row of today and to an older one,
in a transaction that is rolled back.
"""

from collections.abc import Iterator

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from core.home import Home
from core.plan import load_run
from expectations.checks import Suite
from expectations.marts_columns import COLUMNS
from expectations.marts_suite import marts_suite
from tests.faults.newsroom import RUN
from tests.faults.quick import failing, run_setup
from tests.faults.scene import copy_scene

pytestmark = pytest.mark.xdist_group("faults")

# Columns in which a wrong value changes no fact that anybody reads, and why.
CARRY_NO_FACT: dict[str, str] = {}
_RECORDS = {"meta", "quality"}
_TABLES = [(schema, table) for schema, table in COLUMNS]


@pytest.fixture(scope="module")
def candidate(
    healthy: Home, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DuckDBPyConnection, Suite]]:
    """A connection on a copy of today's candidate that may be written, and its suite."""
    scene = copy_scene(healthy, tmp_path_factory.mktemp("mutations") / "home")
    suite = marts_suite(load_run(RUN, scene.home))
    connection = duckdb.connect()
    for statement in suite.setup:
        if not _derives(statement):
            connection.execute(statement.replace(" as candidate (read_only)", " as candidate"))
    yield connection, suite
    connection.close()


def _columns(connection: DuckDBPyConnection, schema: str, table: str) -> list[tuple[str, str]]:
    return connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = 'candidate' "
        "and schema_name = $1 and table_name = $2 order by column_index",
        [schema, table],
    ).fetchall()


def _other(column: str, kind: str) -> str:
    """SQL for a value near the one in a column, but wrong."""
    if kind == "BOOLEAN":
        return f"not coalesce({column}, false)"
    if kind == "DATE":
        return f"coalesce({column} - 1, date '2026-01-01')"
    if kind.startswith("TIMESTAMP"):
        return f"coalesce({column} - interval 90 minute, timestamp '2026-01-01')"
    if kind == "DOUBLE":
        return f"coalesce({column} * 1.5 + 0.01, 0.5)"
    if kind.endswith("INT") or kind == "INTEGER":
        return f"coalesce({column} + 1, 1)"
    if kind.endswith("[]"):
        return f"list_append({column}, 'x')"
    if kind == "VARCHAR":
        return f"coalesce({column} || 'x', 'x')"
    return "null"


def reading(suite: Suite, table: str) -> Suite:
    """The part of a suite that reads a table, itself or through what its setup derives from it."""
    derived = [one for one in suite.setup if _derives(one)]
    names = {table, *(one.split()[3] for one in derived if table in one)}
    names |= {one.split()[3] for one in derived if any(name in one for name in names)}
    checks = [
        one
        for one in suite.checks
        if any(name in f"{one.asset.query} {one.arguments}" for name in names)
    ]
    return Suite(suite.name, tuple(derived), tuple(checks))


def _derives(statement: str) -> bool:
    """Whether a statement of a setup makes a table out of the candidate's."""
    return "create temp table" in statement and ("marts." in statement or "known_day" in statement)


def _caught(connection: DuckDBPyConnection, suite: Suite, statement: str) -> bool:
    """Whether a check fails after the statement; nothing of it stays."""
    connection.execute("begin")
    try:
        try:
            connection.execute(statement)
        except duckdb.ConstraintException:
            return True  # the table itself refuses it
        run_setup(connection, suite.setup)
        return any(True for _ in failing(connection, suite))
    finally:
        connection.execute("rollback")


def _mutations(
    connection: DuckDBPyConnection, schema: str, table: str
) -> Iterator[tuple[str, str]]:
    """What is done to a table, and the SQL: to its first row and its last, by their order."""
    name = f"candidate.{schema}.{table}"
    for place in ("min", "max"):
        row = f"rowid = (select {place}(rowid) from {name})"
        for column, kind in _columns(connection, schema, table):
            yield (
                f"{column} wrong, {place}",
                f"update {name} set {column} = {_other(column, kind)} where {row}",
            )
        yield f"row lost, {place}", f"delete from {name} where {row}"
        yield f"row twice, {place}", f"insert into {name} from {name} where {row}"


@pytest.mark.parametrize(("schema", "table"), _TABLES, ids=[".".join(one) for one in _TABLES])
def test_wrong_values_are_found(
    candidate: tuple[DuckDBPyConnection, Suite], schema: str, table: str
) -> None:
    connection, suite = candidate
    part = reading(suite, table)
    escaped = [
        what
        for what, statement in _mutations(connection, schema, table)
        if f"{schema}.{table}.{what.split()[0]}" not in CARRY_NO_FACT
        and not _caught(connection, part, statement)
    ]
    assert escaped == []
