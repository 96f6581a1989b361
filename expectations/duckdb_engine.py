"""DuckDB under Great Expectations: one open connection, prepared by the suite's statements.

Great Expectations closes a connection before it fetches, which DuckDB's cursors do not survive;
this engine keeps one open. Everything is pushed down: no row leaves the database but examples.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import gettempdir
from typing import Any, ClassVar, Literal

from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations import UnexpectedRowsExpectation
from sqlalchemy.exc import DBAPIError

from expectations.checks import shorten

EXAMPLES = 3
# What does not fit goes to disk: a gate needs no more memory than the build before it.
_LIMITS = (
    "set memory_limit = '1GB'",
    "set threads = 2",
    "set preserve_insertion_order = false",
    f"set temp_directory = '{gettempdir()}/broadsheet-gate-{os.getpid()}'",
)


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]
    """Runs metrics on one DuckDB connection, opened once.

    `setup` statements prepare it; then each of `tables` (name → query) becomes a table, so that
    the checks about it compute it once. `broken` says of a table why it could not be made.
    """

    _connection: Any

    def __init__(
        self,
        *args: Any,
        setup: Sequence[str] = (),
        tables: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._setup = tuple(setup)
        self._tables = dict(tables or {})
        self.broken: dict[str, str] = {}

    @contextmanager
    def get_connection(self) -> Iterator[Any]:
        """The one connection; it stays open until `close`."""
        if self._connection is None:
            # Autocommit: a check that cannot be evaluated must not abort those after it.
            connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            for statement in (*_LIMITS, *self._setup):
                connection.exec_driver_sql(statement)
            for name, query in self._tables.items():
                try:
                    connection.exec_driver_sql(f"create temp table {name} as {query}")
                except DBAPIError as error:
                    self.broken[name] = str(error.orig).splitlines()[0]
            self._connection = connection
        yield self._connection

    def close(self) -> None:
        """Let go of the database files."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self.engine.dispose()


_EngineClass = type[DuckDBExecutionEngine]


class DuckDBDatasource(SQLDatasource):  # type: ignore[misc]
    """A DuckDB database in memory; `setup` attaches files and makes views, `tables` tables."""

    type: Literal["duckdb"] = "duckdb"
    setup: tuple[str, ...] = ()
    tables: dict[str, str] = {}  # noqa: RUF012 - the library's models copy their defaults

    @property
    def execution_engine_type(self) -> _EngineClass:
        return DuckDBExecutionEngine

    def test_connection(self, test_assets: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002
        """Open the prepared connection; query assets need no test of their own."""
        with self.get_execution_engine().get_connection():
            pass


class ExpectNoRows(UnexpectedRowsExpectation):  # type: ignore[misc]
    """No row answers the query; unlike its parent it asks once, and observes examples.

    The query ends in `examples_of`, so that a row carries the number of all rows.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
        execution_engine: Any = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        rows = metrics["unexpected_rows_query.table"]
        return {"success": not rows, "result": {"observed_value": describe(rows)}}


def examples_of(query: str) -> str:
    """SQL for some rows of `query`, which reads the asset as `batch`, with the number of all."""
    literal = query.replace("{", "{{").replace("}", "}}")
    return (
        "with batch as (select * from {batch}) "
        f"select *, count(*) over () as row_count from ({literal}) limit {EXAMPLES}"
    )


def describe(rows: Sequence[dict[str, Any]]) -> str:
    """`2 rows, e.g. article_id=… sentence_no=3; …`, or `0 rows`."""
    if not rows:
        return "0 rows"
    examples = [
        " ".join(f"{name}={shorten(value)}" for name, value in row.items() if name != "row_count")
        for row in rows
    ]
    count = rows[0]["row_count"]
    return f"{count} row{'' if count == 1 else 's'}, e.g. {'; '.join(examples)}"
