"""For every column of every mart: a wrong value in it is found, or it stands on a list with why.

And for every mart: a row lost, a row twice. Each is done to a row of today and to an older one,
in a transaction that is rolled back.
"""

import os
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from core.home import Home
from expectations.checks import Suite
from expectations.marts_columns import COLUMNS
from expectations.marts_suite import marts_suite
from tests.faults.quick import failing, run_setup
from tests.faults.scene import Scene, copy_scene

pytestmark = pytest.mark.xdist_group("faults")

# Long texts of older articles are read once a week only: see `marts_untouched`. `TODAY` is no
# Sunday. No column is without a fact.
ON_SUNDAYS = {
    "article_version": {"title min", "text min"},
    "article_text": {"text min"},
    "article_sentence": {"text min"},
    "evidence": {"title min", "sentence min"},
}
_ALL = os.environ.get("BROADSHEET_MUTATIONS") == "all"
_TABLES = [(schema, table) for schema, table in COLUMNS]


@pytest.fixture(scope="module")
def candidate(
    healthy: Home, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DuckDBPyConnection, Suite]]:
    """A connection on a copy of today's candidate that may be written, and its suite."""
    scene = copy_scene(healthy, tmp_path_factory.mktemp("mutations") / "home")
    suite = marts_suite(scene.run)
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


# SQL for a value near the one in a column, but wrong, by the column's type.
_OTHER = {
    "BOOLEAN": "not coalesce({0}, false)",
    "DATE": "coalesce({0} - 1, date '2026-01-01')",
    "TIMESTAMP": "coalesce({0} - interval 90 minute, timestamp '2026-01-01')",
    "DOUBLE": "coalesce({0} * 1.5 + 0.01, 0.5)",
    "INTEGER": "coalesce({0} + 1, 1)",
    "BIGINT": "coalesce({0} + 1, 1)",
    "VARCHAR[]": "list_append({0}, 'x')",
    "VARCHAR": "coalesce({0} || 'x', 'x')",
}


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
    return Suite(suite.name, tuple(derived), tuple(checks), suite.derived)


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


def mutations(connection: DuckDBPyConnection, schema: str, table: str) -> Iterator[tuple[str, str]]:
    """What is done to a table, and the SQL: to its oldest row or its newest.

    Each column is tried on one of the two; with `BROADSHEET_MUTATIONS=all` on both.
    """
    name = f"candidate.{schema}.{table}"
    rows = {place: f"rowid = (select {place}(rowid) from {name})" for place in ("min", "max")}
    for number, (column, kind) in enumerate(_columns(connection, schema, table)):
        wrong = _OTHER.get(kind, "null").format(column)
        for place in rows if _ALL else [("min", "max")[number % 2]]:
            yield f"{column} {place}", f"update {name} set {column} = {wrong} where {rows[place]}"
    for place, row in rows.items():
        yield f"lost {place}", f"delete from {name} where {row}"
        yield f"twice {place}", f"insert into {name} from {name} where {row}"


@pytest.mark.parametrize(("schema", "table"), _TABLES, ids=[".".join(one) for one in _TABLES])
def test_wrong_values_are_found(
    candidate: tuple[DuckDBPyConnection, Suite], schema: str, table: str
) -> None:
    connection, suite = candidate
    part = reading(suite, table)
    assert connection.execute(f"select count(*) from candidate.{schema}.{table}").fetchone() != (0,)
    escaped = {
        what
        for what, statement in mutations(connection, schema, table)
        if not _caught(connection, part, statement)
    }
    assert escaped - ON_SUNDAYS.get(table, set()) == set()


def test_old_texts_are_read_on_sundays(scene: Scene) -> None:
    sunday = scene.run.model_copy(update={"edition": date(2026, 10, 18)})
    assert sunday.edition.isoweekday() == 7
    queries = {one.name: one.asset.query for one in marts_suite(sunday).checks}
    assert "exclude" not in queries["untouched_rows.kept"]
    queries = {one.name: one.asset.query for one in marts_suite(scene.run).checks}
    assert "exclude (text)" in queries["untouched_rows.kept"]
