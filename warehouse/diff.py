"""Compares two database files fact by fact: what was added, removed, changed, table by table.

Neighbouring publications share nearly all of their rows. So every table is read once on each side
into sums of row hashes, a sum for each bucket of keys; only rows of buckets whose sums differ are
compared one by one. Nothing is assumed of rows that no edition touched: a table that says the
same on both sides has been read whole.
"""

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb
from duckdb import DuckDBPyConnection

from core.errors import PublishError
from warehouse.database import MEMORY_LIMIT, THREADS
from warehouse.keys import KEYS
from warehouse.publications import set_aside_log

# Every publication adds its own rows to these: they tell of runs, not of the news.
IGNORED_TABLES = ("meta.publication", "quality.expectation_result")
IGNORED_COLUMNS = {"meta.edition": ("loaded_by_run_id",)}
_BUCKETS = 1 << 17


@dataclass(frozen=True)
class Sample:
    """One fact that differs: its columns before and after, of a changed one those that changed."""

    kind: Literal["added", "removed", "changed"]
    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True)
class TableDiff:
    """How a table differs: counts of facts, of changes by column, and some of the facts.

    `only_in` says that only one side has the table, `shape` names columns that only one side has.
    """

    table: str
    added: int = 0
    removed: int = 0
    changed: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    only_in: Literal["before", "after"] | None = None
    shape: list[str] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        return not (self.added or self.removed or self.changed or self.only_in or self.shape)

    def record(self) -> dict[str, Any]:
        """As JSON knows it, but for dates and times."""
        return asdict(self)


def diff(
    before: Path, after: Path, *, tables: Collection[str] = (), samples: int = 5
) -> Iterator[TableDiff]:
    """How each table of the file `after` differs from that of `before`, those alike included.

    `tables` names some, with or without their schema; all but IGNORED_TABLES by default. At most
    `samples` facts of each kind and table are told. A key that is there twice counts as one fact.

    Raises:
        PublishError: there is no such table.
    """
    with _opened(before, after) as connection:
        columns = {side: _columns(connection, side) for side in ("before", "after")}
        for table in _chosen({*columns["before"], *columns["after"]}, tables):
            yield _diff_table(connection, table, columns, samples)


@contextmanager
def _opened(before: Path, after: Path) -> Iterator[DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="broadsheet-diff-") as spill:
        connection = duckdb.connect(
            config={
                "memory_limit": MEMORY_LIMIT,
                "threads": THREADS,
                "preserve_insertion_order": False,
                "temp_directory": spill,
            }
        )
        try:
            for side, path in (("before", before), ("after", after)):
                set_aside_log(path)
                quoted = str(path).replace("'", "''")
                connection.execute(f"attach '{quoted}' as {side} (read_only)")
            yield connection
        finally:
            connection.close()


def _columns(connection: DuckDBPyConnection, side: str) -> dict[str, list[str]]:
    """The columns of each table of one side, in order."""
    rows = connection.execute(
        "select schema_name || '.' || table_name, list(column_name order by column_index)"
        " from duckdb_columns() where database_name = $1 group by all",
        [side],
    ).fetchall()
    return dict(rows)


def _chosen(known: set[str], wanted: Collection[str]) -> list[str]:
    if not wanted:
        return sorted(known - set(IGNORED_TABLES))
    chosen = []
    for name in wanted:
        found = [table for table in known if name in (table, table.partition(".")[2])]
        if not found:
            raise PublishError(
                f"there is no table '{name}'; there are: {', '.join(sorted(known))}."
            )
        chosen += found
    return sorted(set(chosen))


def _diff_table(
    connection: DuckDBPyConnection,
    table: str,
    columns: dict[str, dict[str, list[str]]],
    samples: int,
) -> TableDiff:
    for side, other in (("before", "after"), ("after", "before")):
        if table not in columns[other]:
            (count,) = connection.execute(f"select count(*) from {side}.{table}").fetchall()[0]
            counts = {"removed" if side == "before" else "added": count}
            return TableDiff(table, **counts, only_in=side)  # type: ignore[arg-type]
    first, second = columns["before"][table], columns["after"][table]
    shape = [f"- {one}" for one in first if one not in second]
    shape += [f"+ {one}" for one in second if one not in first]
    ignored = IGNORED_COLUMNS.get(table, ())
    shared = [one for one in first if one in second and one not in ignored]
    key = [one for one in KEYS.get(table, shared) if one in shared]
    comparison = _Comparison(connection, table, key, shared)
    if not comparison.differs():
        return TableDiff(table, shape=shape)
    comparison.match()
    return TableDiff(
        table,
        **comparison.counts(),
        columns=comparison.changed_columns(),
        samples=list(comparison.samples(samples)),
        shape=shape,
    )


class _Comparison:
    """One table on both sides; works in temporary tables of the connection."""

    def __init__(
        self, connection: DuckDBPyConnection, table: str, key: list[str], columns: list[str]
    ) -> None:
        self._connection = connection
        self._table = table
        self._key = key
        self._columns = columns
        self._keys = ", ".join(_quoted(key))
        self._row_hash = f"hash({', '.join(_quoted(columns))})"
        self._bucket = f"hash({_quoted(key)[0]}) % {_BUCKETS}"

    def differs(self) -> bool:
        """Leave in `bucket` those whose rows differ; whether there are any."""
        sums = (
            "(select {bucket} as bucket, count(*) as n, sum({row_hash}) as total"
            " from {side}.{table} group by all) as {side}_sum"
        )
        first, second = (
            sums.format(bucket=self._bucket, row_hash=self._row_hash, side=side, table=self._table)
            for side in ("before", "after")
        )
        self._connection.execute(
            "create or replace temp table bucket as"
            f" select bucket from {first} full join {second} using (bucket)"
            " where (before_sum.n, before_sum.total) is distinct from"
            " (after_sum.n, after_sum.total)"
        )
        return bool(self._connection.execute("from bucket limit 1").fetchall())

    def match(self) -> None:
        """Leave in `fact` the key of every fact that differs, and its kind."""
        rows = {
            side: f"select {self._keys}, {self._row_hash} as row_hash"
            f" from {side}.{self._table} where {self._bucket} in (from bucket)"
            for side in ("before", "after")
        }
        for name, one, other in (("gone", "before", "after"), ("come", "after", "before")):
            self._connection.execute(
                f"create or replace temp table {name} as select distinct {self._keys}"
                f" from ({rows[one]} except all {rows[other]})"
            )
        self._connection.execute(
            "create or replace temp table fact as"
            " select 'changed' as kind, * from (from gone intersect from come)"
            " union all select 'removed', * from (from gone except from come)"
            " union all select 'added', * from (from come except from gone)"
        )

    def counts(self) -> dict[str, Any]:
        rows = self._connection.execute("select kind, count(*) from fact group by all").fetchall()
        return dict(rows)

    def changed_columns(self) -> dict[str, int]:
        """In how many changed facts each column differs; only columns that do."""
        others = [one for one in self._columns if one not in self._key]
        if not others:
            return {}
        terms = [
            f"count_if(before_row.{one} is distinct from after_row.{one})"
            for one in _quoted(others)
        ]
        (counts,) = self._connection.execute(
            f"select {', '.join(terms)} from (from fact where kind = 'changed') as fact"
            f" join before.{self._table} as before_row on {self._same('before_row')}"
            f" join after.{self._table} as after_row on {self._same('after_row')}"
        ).fetchall()
        return {one: count for one, count in zip(others, counts, strict=True) if count}

    def _same(self, side: str) -> str:
        terms = (f"fact.{one} is not distinct from {side}.{one}" for one in _quoted(self._key))
        return " and ".join(terms)

    def samples(self, most: int) -> Iterator[Sample]:
        """The first facts of each kind, by key."""
        for kind in ("added", "removed", "changed"):
            self._connection.execute(
                "create or replace temp table sample as select * exclude (kind) from fact"
                f" where kind = $1 order by {self._keys} limit $2",
                [kind, most],
            )
            found = {side: self._rows(side) for side in ("before", "after")}
            for number in sorted({*found["before"], *found["after"]}):
                yield self._sample(kind, *(found[side].get(number) for side in found))

    def _rows(self, side: str) -> dict[int, dict[str, Any]]:
        """The rows of the sampled facts on one side, by place in the sample."""
        same = self._same(f"{side}_row")
        cursor = self._connection.execute(
            f"select fact.place, {side}_row.* from"
            f" (select row_number() over (order by {self._keys}) as place, * from sample) as fact"
            f" join {side}.{self._table} as {side}_row on {same}"
        )
        names = [column[0] for column in cursor.description][1:]
        return {
            place: {
                name: value
                for name, value in zip(names, values, strict=True)
                if name in self._columns
            }
            for place, *values in cursor.fetchall()
        }

    def _sample(
        self,
        kind: Literal["added", "removed", "changed"],
        before: dict[str, Any] | None,
        after: dict[str, Any] | None,
    ) -> Sample:
        row = after or before or {}
        key = {name: row[name] for name in self._key}
        if before is not None and after is not None:
            differing = [name for name in before if before[name] != after[name]]
            before = {name: before[name] for name in differing}
            after = {name: after[name] for name in differing}
        return Sample(kind, key, before, after)


def _quoted(names: list[str]) -> list[str]:
    return [f'"{name}"' for name in names]
