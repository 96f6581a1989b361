"""What is published, as a hash a table: its sorted rows without what the clock said."""

import hashlib
from pathlib import Path

import duckdb

# Every run looks at its own clock: when a page was fetched, first seen, and what follows from it.
CLOCK_COLUMNS = frozenset(
    {
        "fetched_at", "first_seen_at", "seen_at", "corrected_at", "removed_at",
        "median_delay_minutes",
    }
)  # fmt: skip
_TABLES = """
select schema_name || '.' || table_name, list(column_name order by column_index)
from duckdb_columns()
where schema_name = 'marts' or table_name in ('fct_disposition', 'fct_source_edition')
group by all order by 1
"""


def table_hashes(database: Path, *, with_clocks: bool = False) -> dict[str, str]:
    """A hash of every mart and of the two tables of the quality schema that the law speaks of."""
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = connection.execute(_TABLES).fetchall()
        return {
            table: _hash(
                connection,
                table,
                [name for name in columns if with_clocks or name not in CLOCK_COLUMNS],
            )
            for table, columns in tables
        }


def _hash(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> str:
    row = ", ".join(f'"{name}"' for name in columns)
    told = connection.execute(f"select row({row})::varchar as told from {table} order by told")
    rows = "\n".join(one for (one,) in told.fetchall())
    return hashlib.sha256(rows.encode()).hexdigest()


def doubled_articles(database: Path) -> int:
    """How many articles have more rows than one."""
    with duckdb.connect(str(database), read_only=True) as connection:
        row = connection.execute(
            "select count(*) - count(distinct article_id) from marts.dim_article"
        ).fetchone()
    return int(row[0]) if row else 0
