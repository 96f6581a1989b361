"""Which articles and days a run has to rebuild.

Computed once, before dbt changes the candidate, so that dbt can be run again after a kill.
Always a superset is safe: an article rebuilt without need comes out as it was.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from warehouse.editions import Edition

BASELINE_DAYS = 28


@dataclass(frozen=True)
class Landing:
    """Landed files (path, table, edition, collect_id): those in force, and those replaced."""

    now: pl.DataFrame
    gone: pl.DataFrame

    def files(self, table: str) -> pl.DataFrame:
        return self.now.filter(pl.col("table") == table)

    def paths(self, table: str) -> list[str]:
        """The paths of `table`, replaced files included."""
        both = pl.concat([self.now, self.gone]).filter(pl.col("table") == table)
        return both["path"].unique().sort().to_list()


def fill_touched_articles(
    connection: DuckDBPyConnection, landing: Landing, editions: list[Edition]
) -> list[str]:
    """Fill `scratch.raw.touched_article`; the files that hold a pair or link of touched ones.

    Touched are the articles that a new, changed or withdrawn edition holds or held or saw
    removed, and all that are joined to them, over however many steps, by a near-duplicate pair,
    a story link or a story.
    """
    moved = [one.edition for one in editions if one.state != "kept"]
    connection.execute("create temp table touched (article_id varchar)")
    _touch_landed(connection, landing, moved)
    _touch_published(connection, moved)
    _make_links(connection, landing)
    while _spread(connection):
        pass
    connection.execute(
        "insert into scratch.raw.touched_article"
        " select distinct article_id from touched order by article_id"
    )
    holders = connection.execute(
        "select distinct path from link where node in (from touched) order by path"
    ).fetchall()
    connection.execute("drop view story_member")
    for table in ("touched", "link", "no_story"):
        connection.execute(f"drop table {table}")
    return [path for (path,) in holders]


def _touch_landed(connection: DuckDBPyConnection, landing: Landing, moved: list[date]) -> None:
    both = pl.concat([landing.now, landing.gone])
    files = both.filter(
        pl.col("table").is_in(["article", "removal"]) & pl.col("edition").is_in(moved)
    )
    if files.height:
        connection.execute(
            "insert into touched select article_id from read_parquet($1)",
            [files["path"].to_list()],
        )


def _touch_published(connection: DuckDBPyConnection, moved: list[date]) -> None:
    """Add what the base says of those editions, for replaced files that are kept no more."""
    for table, column in (("dim_article", "first_seen_edition"), ("article_version", "edition")):
        if has_mart(connection, table):
            connection.execute(
                f"insert into touched select article_id from candidate.marts.{table}"
                f" where {column} in (select unnest($1::date[]))",
                [moved],
            )


def _make_links(connection: DuckDBPyConnection, landing: Landing) -> None:
    """Edges between articles: those of a pair, of a link, and of a story as it was published.

    The published story is read where it is, not as edges: most stories are of one article, and
    what is old is never reached.
    """
    connection.execute("create temp table link (node varchar, other varchar, path varchar)")
    for table, ends in (
        ("near_duplicate", "article_id_a, article_id_b"),
        ("story_link", "article_id, earlier_article_id"),
    ):
        paths = landing.paths(table)
        if paths:
            connection.execute(
                f"insert into link select {ends}, filename from read_parquet($1, filename = true)",
                [paths],
            )
    stories = "candidate.marts.dim_article" if has_mart(connection, "dim_article") else "no_story"
    connection.execute("create temp table no_story (article_id varchar, story_id varchar)")
    connection.execute(
        f"create temp view story_member as select article_id, story_id from {stories}"
        " where story_id is not null"
    )


def _spread(connection: DuckDBPyConnection) -> bool:
    """Touch the neighbours of what is touched; whether there were any."""
    (count,) = connection.execute(_NEIGHBOURS).fetchall()[0]
    return bool(count)


_NEIGHBOURS = """
insert into touched
with neighbour as (
    select other as article_id from link where node in (from touched)
    union all
    select node from link where other in (from touched)
    union all
    select article_id from story_member
    where story_id in (select story_id from story_member where article_id in (from touched))
)
select distinct article_id from neighbour where article_id not in (from touched)
"""


def fill_touched_days(connection: DuckDBPyConnection, *, all_days: bool) -> None:
    """Fill `scratch.raw.touched_day`; `scratch.raw.article` and `edition` are filled.

    A day's figures depend on the articles of that day and on the 28 days before it. So touched
    are the days of touched articles (old and new) and of moved editions with the 28 days after,
    and days that the data did not reach before; none after the last day of the data. With
    `all_days` every day of the data.
    """
    connection.execute(
        "create temp table dated_article as select article_id, published_day,"
        " first_seen_at::date as first_seen_day, false as is_old from scratch.raw.article"
    )
    if has_mart(connection, "dim_article"):
        connection.execute(
            "insert into dated_article select article_id, published_day, first_seen_at::date, true"
            " from candidate.marts.dim_article"
        )
    connection.execute(
        "create temp table article_day as select distinct"
        " unnest([published_day, first_seen_day]) as day,"
        " article_id in (from scratch.raw.touched_article) as is_touched, is_old"
        " from dated_article"
    )
    connection.execute(
        "create temp table edition_day as"
        " select unnest([edition, edition - 1]) as day, state != 'kept' as is_touched,"
        " edition in (select edition from candidate.meta.edition) as is_old"
        " from scratch.raw.edition"
    )
    connection.execute(_TOUCHED_DAYS, [all_days, BASELINE_DAYS])
    connection.execute("drop table dated_article")
    connection.execute("drop table article_day")
    connection.execute("drop table edition_day")


_TOUCHED_DAYS = """
insert into scratch.raw.touched_day
with data_day as (
    select * from article_day where day is not null
    union all
    select * from edition_day
),
reach as (
    select
        min(day) as first_day, max(day) as last_day,
        min(day) filter (is_old) as old_first_day, max(day) filter (is_old) as old_last_day
    from data_day
),
every_day as (
    select unnest(generate_series(first_day, last_day, interval 1 day))::date as day from reach
)
select every_day.day from every_day cross join reach
where $1
    or old_first_day is null
    or every_day.day not between old_first_day and old_last_day
    or exists (
        from data_day
        where is_touched and every_day.day between data_day.day and data_day.day + $2::integer
    )
order by every_day.day
"""


def has_mart(connection: DuckDBPyConnection, table: str) -> bool:
    """Whether the base holds `marts.<table>` (the first candidate holds none)."""
    return has_table(connection, "marts", table)


def has_table(connection: DuckDBPyConnection, schema: str, table: str) -> bool:
    """Whether the base holds the table."""
    return bool(
        connection.execute(
            "select 1 from duckdb_tables()"
            " where database_name = 'candidate' and schema_name = $1 and table_name = $2",
            [schema, table],
        ).fetchall()
    )
