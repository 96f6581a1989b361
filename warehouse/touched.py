"""Which articles and days a run has to rebuild.

Computed once, before dbt changes the candidate, so that dbt can be run again after a kill.
Always a superset is safe: an article rebuilt without need comes out as it was.
"""

from duckdb import DuckDBPyConnection

BASELINE_DAYS = 28


def fill_touched_articles(connection: DuckDBPyConnection) -> None:
    """Fill `scratch.raw.touched_article`; `warehouse.landed_index` has indexed the editions.

    Touched are the articles that a new, changed or withdrawn edition holds or held, knows a URL of
    or saw removed, and all that are joined to them, over however many steps, by a near-duplicate
    pair or a story link, so that a text or a story, as it was published too, is whole among them.
    """
    connection.execute(
        "create temp table touched as select distinct article_id from moved_landed_article"
    )
    while connection.execute(_NEIGHBOURS).fetchall() != [(0,)]:
        pass
    connection.execute("insert into scratch.raw.touched_article from touched order by article_id")
    connection.execute("drop table touched")


# A pair or link that only a replaced or withdrawn content held counts once more.
_NEIGHBOURS = """
insert into touched
with link as (
    select article_id, other_article_id from candidate.meta.landed_link
    union all
    select article_id, other_article_id from moved_landed_link
),
neighbour as (
    select other_article_id as article_id from link where article_id in (from touched)
    union all
    select article_id from link where other_article_id in (from touched)
)
select distinct article_id from neighbour where article_id not in (from touched)
"""


def fill_touched_entities(connection: DuckDBPyConnection) -> None:
    """Fill `scratch.raw.touched_entity`: what moved editions name or named of knowledge bases.

    With them those that no edition describes: they are named after their mentions.
    """
    connection.execute(
        "insert into scratch.raw.touched_entity select distinct entity_id from moved_landed_entity"
    )
    if has_mart(connection, "dim_entity"):
        connection.execute(
            "insert into scratch.raw.touched_entity"
            " select entity_id from candidate.marts.dim_entity where entity_id like 'wd:%'"
            " and entity_id not in (select entity_id from candidate.meta.landed_entity)"
            " and entity_id not in (from scratch.raw.touched_entity)"
        )


def fill_touched_days(connection: DuckDBPyConnection, *, all_days: bool) -> None:
    """Fill `scratch.raw.touched_day`; `scratch.raw.article` and `edition` are filled.

    A day's figures depend on the articles of that day and on the 28 days before it. So touched
    are the days of touched articles (old and new) and of moved editions with the 28 days after,
    and days that the data did not reach before; none after the last day of the data. With
    `all_days` every day of the data.
    """
    connection.execute(
        "create temp table data_day as"
        " select distinct unnest([published_day, first_seen_at::date]) as day,"
        " true as is_touched, false as is_old from scratch.raw.article"
    )
    connection.execute(
        "insert into data_day select unnest([edition, edition - 1]), state != 'kept',"
        " edition in (select edition from candidate.meta.edition) from scratch.raw.edition"
    )
    if has_mart(connection, "dim_article"):
        connection.execute(_PUBLISHED_DAYS)
    connection.execute(_TOUCHED_DAYS, [all_days, BASELINE_DAYS])
    connection.execute("drop table data_day")


# Of articles that are not touched the first and the last day are enough.
_PUBLISHED_DAYS = """
insert into data_day
select distinct unnest([published_day, first_seen_at::date]), true, true
from candidate.marts.dim_article
where article_id in (from scratch.raw.touched_article)
union all
select
    unnest([
        min(published_day), max(published_day), min(first_seen_at)::date, max(first_seen_at)::date
    ]),
    false, true
from candidate.marts.dim_article
"""
_TOUCHED_DAYS = """
insert into scratch.raw.touched_day
with reach as (
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
