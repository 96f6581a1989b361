"""A warehouse of 1,000,000 articles: real ones, enriched for real once, repeated with other ids.

    python -m bench.million FOLDER [--articles 1000000]

The dated articles and the BBC's of `../shared/corpus` go through the real stations and dbt; the
candidate that comes out is the sample. Every copy of it has ids and URLs of its own, lies in a
span of days of its own, and ends each text with a sentence of its own, so that mentions, days and
stories are spread as in the sample and strings repeat no more than among real articles.
Offsets, keys, relations and recounts hold as they do in the sample. What does not: baselines of
daily facts do not reach from one copy into the one before.
"""

import argparse
import json
import math
import os
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import polars as pl
from duckdb import DuckDBPyConnection

from core.config import PROJECT_ROOT
from core.plan import Run, plan_run
from tests.support.run_edition import collect_edition, enrich_edition
from warehouse.candidate import open_candidate
from warehouse.database import open_for_writing
from warehouse.dbt import run_dbt

CORPUS = PROJECT_ROOT.parent / "shared" / "corpus"
EDITION = date(2017, 3, 10)
FIRST_DAY = date(2017, 2, 7)
MAX_AGE_DAYS = 60
DATES = ("DATE", "TIMESTAMP")
# Tables of the configuration, the same in every copy; `meta` tells of the one sample run.
SHARED_TABLES = {
    "dim_source", "bridge_source_set", "dim_theme", "bridge_theme_ancestor", "dim_entity",
    "dim_entity_alias", "bridge_entity_ancestor",
}  # fmt: skip
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


def sample(home: Path, articles: Path) -> Run:
    """Take the real articles into a candidate under `home`; `articles` is a folder for input."""
    os.environ["BROADSHEET_HOME"] = str(home)
    sources = write_newsroom(articles)
    run = plan_run("sample", edition=EDITION.isoformat(), sources=str(sources))
    enrich_edition(run, collect_edition(run))
    open_candidate(run.run_id)
    built = run_dbt(run, "run")
    if not built.success:
        raise SystemExit(f"dbt failed on the sample: {built.exception}")
    return run


def write_newsroom(folder: Path) -> Path:
    """Write the real articles as archives of their outlets; returns the sources file."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = pl.DataFrame([*_dated(), *_bbc()])
    outlets = []
    for (outlet,), records in rows.group_by("outlet"):
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


def multiply(origin: Path, target: Path, articles: int) -> int:
    """Write `target`, the tables of the candidate `origin` with at least `articles` articles.

    Copy 0 is the sample itself. Returns the number of articles.
    """
    with open_for_writing(target, target.parent / "spill") as connection:
        connection.execute(f"attach '{origin}' as origin (read_only)")
        connection.execute("set preserve_insertion_order = true")
        connection.execute("set wal_autocheckpoint = '1TB'")
        size = _one(connection, "select count(*) from origin.marts.dim_article")
        span = _one(
            connection,
            "select date_diff('day', min(day), max(day)) + 1 from (select unnest([published_day,"
            " published_at::date, first_seen_edition]) as day from origin.marts.dim_article)",
        )
        copies = math.ceil(articles / size)
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'origin'"
            " order by all"
        ).fetchall()
        for schema, table in tables:
            _multiply_table(connection, f"{schema}.{table}", copies, span)
        connection.execute("detach origin")
        connection.execute("checkpoint")
    return copies * size


def _multiply_table(
    connection: DuckDBPyConnection, table: str, copies: int, span: int
) -> None:
    """Repeat one table, a copy after the other, as editions would have appended it."""
    schema, name = table.split(".")
    connection.execute(f"create schema if not exists {schema}")
    connection.execute(f"create table {table} as from origin.{table}")
    if name in SHARED_TABLES or table in ("meta.publication", "quality.expectation_result"):
        return
    connection.execute("begin")
    for copy in range(1, copies):
        values = {"copy": copy, "days": copy * span}
        query, used = _copied(connection, table)
        connection.execute(
            f"insert into {table} {query}", {key: values[key] for key in used}
        )
        if name == "article_sentence":
            connection.execute(_ADDED_SENTENCE, {"copy": copy})
    connection.execute("commit")


def _copied(connection: DuckDBPyConnection, table: str) -> tuple[str, set[str]]:
    """The query for one copy of a table, and the parameters in it."""
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = 'origin'"
        " and schema_name || '.' || table_name = $1 order by column_index",
        [table],
    ).fetchall()
    has_text = table.removeprefix("marts.") in _WITH_TEXT
    terms = []
    for column, data_type in columns:
        term = _IDS.get(column, column)
        if data_type in DATES:
            term = f"({column} + to_days($days::integer))::{data_type}"
        elif column == "text" and has_text:
            term = f"text || ' ' || {_LAST_SENTENCE}"
        terms.append(f"{term} as {column}")
    query = f"select {', '.join(terms)} from origin.{table}"
    return query, {key for key in ("copy", "days") if f"${key}" in query}


_ADDED_SENTENCE = f"""
insert into marts.article_sentence
select
    {_IDS["article_id"]}, {_IDS["version_id"]}, last.sentence_no + 1, 'body',
    length(texts.text) + 1, length(texts.text) + 1 + length({_LAST_SENTENCE.replace("article_id", "texts.article_id")}),
    {_LAST_SENTENCE.replace("article_id", "texts.article_id")}, false
from origin.marts.article_text as texts
inner join (
    select article_id as last_article_id, max(sentence_no) as sentence_no
    from origin.marts.article_sentence group by all
) as last on last_article_id = texts.article_id
"""


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
    count = multiply(run.paths.candidate(run.run_id), target, options.articles)
    print(f"{target}: {count:,} articles, {target.stat().st_size / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
