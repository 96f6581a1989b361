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

# They tell of runs and of files, not of the news: every publication adds rows of its own.
IGNORED_TABLES = (
    "meta.landed_article", "meta.landed_entity", "meta.landed_link", "meta.publication",
    "quality.expectation_result",
)  # fmt: skip
IGNORED_COLUMNS: dict[str, tuple[str, ...]] = {"meta.edition": ("loaded_by_run_id",)}
# A version id is a hash of title and text, and a sentence a span of them: they are compared by it.
TEXT_COLUMNS = {
    "marts.article_text": ("text",),
    "marts.article_version": ("text",),
    "marts.article_sentence": ("text",),
}
_BUCKETS = 1 << 17
_SIDES = ("before", "after")

type Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Sample:
    """One fact that differs: its columns before and after, of a changed one those that changed."""

    kind: Kind
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
    before: Path,
    after: Path,
    *,
    tables: Collection[str] = (),
    samples: int = 5,
    texts: bool = False,
) -> Iterator[TableDiff]:
    """How each table of the file `after` differs from that of `before`, those alike included.

    `tables` names some, with or without their schema; all but IGNORED_TABLES by default. At most
    `samples` facts of each kind and table are told. With `texts` TEXT_COLUMNS are compared letter
    by letter, which takes most of the time. A key that is there twice counts as one fact.

    Raises:
        PublishError: there is no such table.
    """
    with _opened(before, after) as connection:
        columns = {side: _columns(connection, side) for side in _SIDES}
        for table in _chosen({*columns["before"], *columns["after"]}, tables):
            ignored = IGNORED_COLUMNS.get(table, ())
            if not texts:
                ignored += TEXT_COLUMNS.get(table, ())
            yield _diff_table(connection, table, columns, ignored, samples)


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
    ignored: Collection[str],
    samples: int,
) -> TableDiff:
    for side, other in (_SIDES, _SIDES[::-1]):
        if table not in columns[other]:
            (count,) = connection.execute(f"select count(*) from {side}.{table}").fetchall()[0]
            counts = {"removed" if side == "before" else "added": count}
            return TableDiff(table, **counts, only_in=side)  # type: ignore[arg-type]
    first, second = columns["before"][table], columns["after"][table]
    shape = [f"- {one}" for one in first if one not in second]
    shape += [f"+ {one}" for one in second if one not in first]
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
        self._others = [one for one in columns if one not in key]
        self._bucket = f'hash("{key[0]}") % {_BUCKETS}'

    def differs(self) -> bool:
        """Leave in `bucket` those whose rows differ; whether there are any."""
        columns = ", ".join(f'"{one}"' for one in (*self._key, *self._others))
        sums = [
            f"(select {self._bucket} as bucket, count(*) as n, sum(hash({columns})) as total"
            f" from {side}.{self._table} group by all) as {side}_sum"
            for side in _SIDES
        ]
        self._connection.execute(
            f"create or replace temp table bucket as select bucket from {sums[0]}"
            f" full join {sums[1]} using (bucket)"
            " where (before_sum.n, before_sum.total) is distinct from"
            " (after_sum.n, after_sum.total)"
        )
        return bool(self._connection.execute("from bucket limit 1").fetchall())

    def match(self) -> None:
        """Leave in `fact` every fact that differs, where it stands, and which columns changed."""
        key = [f"key_{number}" for number in range(len(self._key))]
        other = [f"other_{number}" for number in range(len(self._others))]
        values = [
            *(f'"{column}" as {name}' for column, name in zip(self._key, key, strict=True)),
            *(
                f'hash("{column}") as {name}'
                for column, name in zip(self._others, other, strict=True)
            ),
        ]
        for side in _SIDES:
            self._connection.execute(
                f"create or replace temp table {side}_row as"
                f" select {', '.join(values)}, count(*) as n, min(rowid) as place"
                f" from {side}.{self._table} where {self._bucket} in (from bucket) group by all"
            )
        same_row = " and ".join(
            f"before_row.{one} is not distinct from after_row.{one}" for one in (*key, *other, "n")
        )
        for name, one, opposite in (("gone", *_SIDES), ("come", *_SIDES[::-1])):
            self._connection.execute(
                f"create or replace temp table {name} as"
                f" select distinct on ({', '.join(key)}) * from {one}_row"
                f" where not exists (from {opposite}_row where {same_row})"
            )
        changes = [f"gone.{one} is distinct from come.{one} as {one}" for one in other]
        is_other = " or ".join(f"gone.{one} is distinct from come.{one}" for one in other)
        self._connection.execute(
            "create or replace temp table fact as select"
            " case when gone.place is null then 'added' when come.place is null then 'removed'"
            f" when {is_other or 'false'} then 'changed'"
            # The same row more often, or less often, than before.
            " when come.n > gone.n then 'added' else 'removed' end as kind,"
            " gone.place as before_place, come.place as after_place, "
            + ", ".join([*(f"coalesce(gone.{one}, come.{one}) as {one}" for one in key), *changes])
            + " from gone full join come on "
            + " and ".join(f"gone.{one} is not distinct from come.{one}" for one in key)
        )

    def counts(self) -> dict[str, Any]:
        rows = self._connection.execute("select kind, count(*) from fact group by all").fetchall()
        return dict(rows)

    def changed_columns(self) -> dict[str, int]:
        """In how many changed facts each column differs; only columns that do."""
        terms = [f"count_if(other_{number})" for number in range(len(self._others))]
        (counts,) = self._connection.execute(
            f"select {', '.join(['count(*)', *terms])} from fact where kind = 'changed'"
        ).fetchall()
        return {one: count for one, count in zip(self._others, counts[1:], strict=True) if count}

    def samples(self, most: int) -> Iterator[Sample]:
        """The first facts of each kind, by key."""
        keys = ", ".join(f"key_{number}" for number in range(len(self._key)))
        facts = self._connection.execute(
            "select kind, before_place, after_place from fact"
            f" qualify row_number() over (partition by kind order by {keys}) <= $1"
            f" order by kind, {keys}",
            [most],
        ).fetchall()
        rows = {
            side: self._rows(side, [fact[number] for fact in facts if fact[number] is not None])
            for number, side in enumerate(_SIDES, start=1)
        }
        for kind, before, after in facts:
            yield self._sample(kind, rows["before"].get(before), rows["after"].get(after))

    def _rows(self, side: str, places: list[int]) -> dict[int, dict[str, Any]]:
        """The rows of one side that stand at `places`, by place."""
        if not places:
            return {}
        columns = [*self._key, *self._others]
        rows = self._connection.execute(
            f"select rowid, {', '.join(f'"{one}"' for one in columns)} from {side}.{self._table}"
            f" where rowid in ({', '.join(map(str, places))})"
        ).fetchall()
        return {place: dict(zip(columns, values, strict=True)) for place, *values in rows}

    def _sample(
        self, kind: Kind, before: dict[str, Any] | None, after: dict[str, Any] | None
    ) -> Sample:
        row = after or before or {}
        key = {name: row[name] for name in self._key}
        if kind == "changed" and before is not None and after is not None:
            differing = [name for name in self._others if before[name] != after[name]]
            before = {name: before[name] for name in differing}
            after = {name: after[name] for name in differing}
        return Sample(kind, key, before, after)
