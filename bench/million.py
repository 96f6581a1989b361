"""A warehouse of 1,000,000 articles: real ones, enriched for real once, repeated with other ids.

    python -m bench.million FOLDER [--articles 1000000]

The dated articles and the BBC's of `../shared/corpus` go through the real stations and dbt; the
candidate that comes out is the sample. Every copy of it has ids and URLs of its own and ends each
text with a sentence of its own, so that mentions and stories are spread as in the sample and
strings repeat no more than among real articles. SIDE_BY_SIDE copies share a span of days and an
edition, whose daily facts count them all; the next ones lie in the span after it.
Offsets, keys, relations and recounts hold as they do in the sample. What does not: baselines of
daily facts do not reach from one span into the one before.
"""

import argparse
import json
import math
import os
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
from duckdb import DuckDBPyConnection

from bench.subject import SETS, with_subject
from cli.stations import collect_edition
from core.config import PROJECT_ROOT
from core.plan import Run, plan_run
from tests.support.run_edition import enrich_edition
from warehouse.candidate import open_candidate
from warehouse.database import open_for_writing
from warehouse.dbt import run_dbt

CORPUS = PROJECT_ROOT.parent / "shared" / "corpus"
EDITION = date(2017, 3, 10)
FIRST_DAY = date(2017, 2, 7)
MAX_AGE_DAYS = 60
SPAN_DAYS = 63  # from the first day of the sample to its edition, in whole weeks
SIDE_BY_SIDE = 8
DATES = ("DATE", "TIMESTAMP")
# Of the configuration, the same for every copy; verdicts and records tell of the one sample run.
_SHARED = {
    "dim_source", "bridge_source_set", "dim_theme", "bridge_theme_ancestor", "dim_entity",
    "dim_entity_alias", "bridge_entity_ancestor", "publication", "expectation_result",
}  # fmt: skip
# A row for each day or edition: counts, where a copy side by side adds no row.
_COUNTING = {
    "fct_theme_daily", "fct_entity_daily", "fct_theme_entity_daily", "fct_entity_pair_daily",
    "fct_coverage_daily", "fct_source_edition",
}  # fmt: skip
_OUTLETS = {"owners_printing", "owners_reporting"}
_ID = "md5({column} || '/' || $copy::varchar)[:16]"
_IDS = {
    "article_id": _ID.format(column="article_id"),
    "lead_article_id": _ID.format(column="lead_article_id"),
    "version_id": _ID.format(column="version_id"),
    "syndication_id": "'syn-' || " + _ID.format(column="syndication_id[5:]"),
    "story_id": "'story-' || " + _ID.format(column="story_id[7:]"),
    "old_story_id": "'story-' || " + _ID.format(column="old_story_id[7:]"),
    "url": "url || '?copy=' || $copy::varchar",
    "content_hash": "md5(content_hash || $copy::varchar)",
}
_LAST_SENTENCE = "'This is copy ' || $copy::varchar || ' of ' || article_id || '.'"
_WITH_TEXT = ("article_text", "article_version")


def sample(home: Path, articles: Path, *, subject: bool = False) -> Run:
    """Take the real articles into a candidate under `home`; `articles` is a folder for input.

    With `subject` they speak of the subject of the configuration (`bench.subject`).
    """
    os.environ["BROADSHEET_HOME"] = str(home)
    sources = write_newsroom(articles, subject=subject)
    run = plan_run("sample", edition=EDITION.isoformat(), sources=str(sources))
    enrich_edition(run, collect_edition(run))
    open_candidate(run.run_id)
    built = run_dbt(run, "run")
    if not built.success:
        raise SystemExit(f"dbt failed on the sample: {built.exception}")
    return run


def write_newsroom(folder: Path, *, subject: bool = False) -> Path:
    """Write the real articles as archives of their outlets; returns the sources file."""
    folder.mkdir(parents=True, exist_ok=True)
    articles = chain(_dated(), _bbc())
    rows = pl.DataFrame(list(with_subject(articles) if subject else articles))
    outlets = []
    for number, ((outlet,), records) in enumerate(rows.group_by("outlet", maintain_order=True)):
        name = str(outlet)
        records.drop("outlet").write_parquet(folder / f"{name}.parquet")
        outlets.append(
            {
                "id": name,
                "name": name.title(),
                "owner": {"id": name, "name": name.title()},
                "homepage": f"https://{name}.example/",
                "country": "GB",
                "language": "en",
                "timezone": "UTC",
                "sets": [SETS[number % len(SETS)]] if subject else [],
                "entry_points": [{"kind": "parquet", "path": f"{name}.parquet"}],
            }
        )
    newsroom = {
        "user_agent": "Bench/1.0 (+https://example.org/bot)",
        "max_age_days": MAX_AGE_DAYS,
        "sources": sorted(outlets, key=lambda one: str(one["id"])),
    }
    path = folder / "sources.yml"
    path.write_text(json.dumps(newsroom))  # JSON is YAML
    return path


def _dated() -> Iterator[dict[str, str]]:
    frame = pl.read_parquet(CORPUS / "dated" / "newsarticles_to_2017_03_09.parquet")
    for row in frame.drop_nulls("text").iter_rows(named=True):
        year, month, day = (int(one) for one in row["publish_date"].split("/"))
        host = urlsplit(row["article_source_link"]).hostname or "nowhere"
        yield {
            "outlet": host.removeprefix("www.").replace(".", "-"),
            "url": row["article_source_link"],
            "title": row["title"],
            "text": row["text"],
            "published_at": date(year, month, day).isoformat(),
        }


def _bbc() -> Iterator[dict[str, str]]:
    """Articles without a date, dealt over the days of the others."""
    frame = pl.read_parquet(CORPUS / "themes" / "bbc_2004_2005.parquet")
    days = (EDITION - FIRST_DAY).days
    for number, row in enumerate(frame.iter_rows(named=True)):
        yield {
            "outlet": f"bbc-{row['label']}",
            "url": f"https://bbc-{row['label']}.example/{number}",
            "title": row["title"],
            "text": row["text"],
            "published_at": (FIRST_DAY + timedelta(days=number % days)).isoformat(),
        }


def large_candidate(
    folder: Path, articles: int, *, subject: bool = False
) -> tuple[Run, list[date]]:
    """A run in `folder/home` whose candidate is the multiplied sample, and its editions."""
    run = sample(folder / "home", folder / "newsroom", subject=subject)
    candidate = run.paths.candidate(run.run_id)
    candidate.rename(folder / "sample.duckdb")
    return run, multiply(folder / "sample.duckdb", candidate, articles)


def multiply(origin: Path, target: Path, articles: int) -> list[date]:
    """Write `target`, the tables of the candidate `origin` with at least `articles` articles.

    Copy 0 is the sample itself but for its counts. Returns the editions.
    """
    with open_for_writing(target, target.parent / "spill") as connection:
        connection.execute(f"attach '{origin}' as origin (read_only)")
        connection.execute("set preserve_insertion_order = true")
        connection.execute("set wal_autocheckpoint = '1TB'")
        size = _one(connection, "select count(*) from origin.marts.dim_article")
        spans = math.ceil(articles / size / SIDE_BY_SIDE)
        tables = connection.execute(
            "select schema_name, table_name, sql from duckdb_tables()"
            " where database_name = 'origin' order by all"
        ).fetchall()
        for schema, name, definition in tables:
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(definition)
            _multiply_table(connection, schema, name, spans)
        connection.execute("detach origin")
        connection.execute("checkpoint")
    return [EDITION + timedelta(days=SPAN_DAYS * number) for number in range(spans)]


def _multiply_table(connection: DuckDBPyConnection, schema: str, name: str, spans: int) -> None:
    """Repeat one table, a copy after the other, as editions would have appended it."""
    if name in _SHARED:
        connection.execute(f"insert into {schema}.{name} from origin.{schema}.{name}")
        return
    query = f"insert into {schema}.{name} {_copied(connection, schema, name)}"
    connection.execute("begin")
    for copy in range(spans * SIDE_BY_SIDE):
        span, beside = divmod(copy, SIDE_BY_SIDE)
        values = {"copy": copy, "days": span * SPAN_DAYS}
        if beside == 0 or name not in _COUNTING:
            _execute(connection, query, values)
        if name == "article_sentence":
            _execute(connection, _ADDED_SENTENCE, values)
    connection.execute("commit")


def _execute(connection: DuckDBPyConnection, query: str, values: dict[str, int]) -> None:
    connection.execute(query, {key: value for key, value in values.items() if f"${key}" in query})


def _copied(connection: DuckDBPyConnection, schema: str, name: str) -> str:
    """The query for one copy of a table."""
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = 'origin'"
        " and schema_name = $1 and table_name = $2 order by column_index",
        [schema, name],
    ).fetchall()
    terms = []
    for column, data_type in columns:
        term = _IDS.get(column, column)
        if data_type in DATES:
            term = f"({column} + to_days($days::integer))::{data_type}"
        elif column == "text" and name in _WITH_TEXT:
            term = f"text || ' ' || {_LAST_SENTENCE}"
        elif name in _COUNTING and data_type == "BIGINT" and column not in _OUTLETS:
            term = f"{column} * {SIDE_BY_SIDE}"
        terms.append(f"{term} as {column}")
    return f"select {', '.join(terms)} from origin.{schema}.{name}"


_ADDED_SENTENCE = f"""
insert into marts.article_sentence
select
    {_IDS["article_id"]}, {_IDS["version_id"]}, sentences.last_no + 1, 'body',
    length(text) + 1, length(text) + 1 + length({_LAST_SENTENCE}), {_LAST_SENTENCE}, false,
    (first_seen_edition + to_days($days::integer))::date
from origin.marts.article_text
inner join (
    select article_id, first_seen_edition from origin.marts.dim_article
) as articles using (article_id)
inner join (
    select article_id, max(sentence_no) as last_no
    from origin.marts.article_sentence group by all
) as sentences using (article_id)
"""


def neighbour(target: Path, articles: int = 5_000) -> dict[str, int]:
    """Change the warehouse `target` as an edition would; returns how many articles how.

    A fifth of `articles` are new, a fifth of them corrected, the others only written anew, in
    every table that tells of articles; all days of the last span are counted again.
    """
    counts = {"added": articles // 5, "changed": articles // 5}
    with open_for_writing(target, target.parent / "spill") as connection:
        connection.execute("begin")
        connection.execute(
            "create temp table touched as select article_id, row_number() over () as number from"
            " (select article_id from marts.dim_article order by md5(article_id) limit $1)",
            [articles],
        )
        for schema, name, columns in connection.execute(_WITH_ARTICLES).fetchall():
            _write_anew(connection, f"{schema}.{name}", columns, counts)
        for (name,) in connection.execute(_BY_DAY).fetchall():
            _count_anew(connection, f"marts.{name}")
        connection.execute("commit")
        connection.execute("checkpoint")
    return counts


_WITH_ARTICLES = """
select schema_name, table_name, list(column_name order by column_index)
from duckdb_columns() where schema_name = 'marts'
group by all having list_contains(list(column_name), 'article_id') order by all
"""
_BY_DAY = """
select distinct table_name from duckdb_columns()
where schema_name = 'marts' and column_name = 'published_day' and table_name like '%_daily'
"""


def _write_anew(
    connection: DuckDBPyConnection, table: str, columns: list[str], counts: dict[str, int]
) -> None:
    """Delete and insert the rows of touched articles; correct some, repeat some as new ones."""
    connection.execute(
        "create or replace temp table anew as select rows.*, touched.number"
        f" from {table} as rows join touched using (article_id)"
    )
    connection.execute(f"delete from {table} where article_id in (select article_id from touched)")
    corrected = [f"title || ' (corrected)' as {one}" if one == "title" else one for one in columns]
    limits = {"low": counts["added"], "high": counts["added"] + counts["changed"]}
    connection.execute(
        f"insert into {table} select * exclude (number) from anew"
        " where number <= $low or number > $high",
        limits,
    )
    connection.execute(
        f"insert into {table} select {', '.join(corrected)} from anew"
        " where number > $low and number <= $high",
        limits,
    )
    added = ", ".join(f"{_IDS[one]} as {one}" if one in _IDS else one for one in columns)
    _execute(
        connection,
        f"insert into {table} select {added} from anew where number <= $low",
        {**limits, "copy": -1},
    )


def _count_anew(connection: DuckDBPyConnection, table: str) -> None:
    """Write the days of the last span anew, each with one article more."""
    connection.execute(
        f"create or replace temp table anew as select * replace (articles + 1 as articles)"
        f" from {table} where published_day > (select max(published_day) from {table}) - $1",
        [SPAN_DAYS],
    )
    connection.execute(
        f"delete from {table} where published_day > (select max(published_day) from {table}) - $1",
        [SPAN_DAYS],
    )
    connection.execute(f"insert into {table} from anew")


def _one(connection: DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=1_000_000)
    options = parser.parse_args()
    if not CORPUS.is_dir():
        sys.exit(f"a large warehouse needs the real articles of {CORPUS}, which is absent.")
    run = sample(options.folder / "sample_home", options.folder / "newsroom")
    target = options.folder / "million.duckdb"
    editions = multiply(run.paths.candidate(run.run_id), target, options.articles)
    print(f"{target}: {len(editions)} editions, {target.stat().st_size / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
