"""Loads landed Parquet into `scratch.raw`: rows of touched articles, and of changed editions."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection

from core.home import Home
from core.landed import LANDED
from core.plan import Run
from core.takedowns import TAKEN_DOWN, Takedowns, read_takedowns
from warehouse.editions import Content, Edition, sealed_folder
from warehouse.raw import (
    BY_ARTICLE,
    BY_EDITION,
    fill_configuration,
    fill_edition,
    make_raw_tables,
)
from warehouse.touched import Landing, fill_touched_articles, fill_touched_days

_FILES = pl.Schema(
    {"path": pl.String, "table": pl.String, "edition": pl.Date, "collect_id": pl.String}
)
_TOUCHED = "article_id in (from scratch.raw.touched_article)"
_BOTH_TOUCHED = (
    "article_id_a in (from scratch.raw.touched_article)"
    " and article_id_b in (from scratch.raw.touched_article)"
)
_LINK_TOUCHED = (
    "article_id in (from scratch.raw.touched_article)"
    " and earlier_article_id in (from scratch.raw.touched_article)"
)


def load_raw(
    connection: DuckDBPyConnection, run: Run, editions: list[Edition], *, config_changed: bool
) -> None:
    """Fill `scratch.raw` for `editions`; the candidate of `connection` still equals its base."""
    make_raw_tables(connection)
    fill_edition(connection, editions)
    fill_configuration(connection, run)
    connection.execute("insert into scratch.raw.configuration values ($1)", [config_changed])
    landing = make_landing(run.paths, editions)
    holders = fill_touched_articles(connection, landing, editions)
    _load_articles(connection, landing)
    for table in ("removal", "quarantine"):
        _load(connection, table, landing.files(table), _TOUCHED)
    changed = {one.edition for one in editions if one.state in ("new", "changed")}
    for table in BY_EDITION:
        files = landing.files(table).filter(pl.col("edition").is_in(changed))
        _load(connection, table, files, "true")
    _keep_out(connection)
    _keep_out_taken_down(connection, read_takedowns(run.paths))
    for table, condition in (("near_duplicate", _BOTH_TOUCHED), ("story_link", _LINK_TOUCHED)):
        files = landing.files(table).filter(pl.col("path").is_in(holders))
        _load(connection, table, files, condition)
    _load(connection, "kb_entity", landing.files("kb_entity"), "true")
    fill_touched_days(connection, all_days=config_changed)


def make_landing(home: Home, editions: Iterable[Edition]) -> Landing:
    """The sealed files of the editions' contents: those to load, and those that they replace."""
    now = [_files(home, one.now) for one in editions if one.now]
    gone = [_files(home, one.before) for one in editions if one.before and one.state != "kept"]
    return Landing(
        now=pl.concat([pl.DataFrame(schema=_FILES), *now]),
        gone=pl.concat([pl.DataFrame(schema=_FILES), *gone]),
    )


def _files(home: Home, content: Content) -> pl.DataFrame:
    folder: Path = sealed_folder(home, content)
    rows = [
        (str(file), file.parent.name, content.edition, content.collect_id)
        for file in sorted(folder.glob("*/*.parquet"))
    ]
    return pl.DataFrame(rows, schema=_FILES, orient="row")


def _load_articles(connection: DuckDBPyConnection, landing: Landing) -> None:
    """Load what is said of touched articles, from the editions that hold any of them.

    Most editions hold none; reading their ids alone first saves reading their texts.
    """
    articles = landing.files("article")
    holders: list[str] = []
    if articles.height:
        holders = [
            path
            for (path,) in connection.execute(
                f"select distinct filename from read_parquet($1, filename = true) where {_TOUCHED}",
                [articles["path"].to_list()],
            ).fetchall()
        ]
    editions = articles.filter(pl.col("path").is_in(holders))["edition"].unique()
    for table in BY_ARTICLE:
        files = landing.files(table).filter(pl.col("edition").is_in(editions.implode()))
        _load(connection, table, files, _TOUCHED)


def _keep_out(connection: DuckDBPyConnection) -> None:
    """Take out the wordings in quarantine; the URLs that led to nothing else end there.

    What hangs on a wording needs no filter: it was not enriched, and every model joins it to one.
    """
    connection.execute(
        "delete from scratch.raw.article where (edition, article_id, version_id) in"
        " (select (edition, article_id, version_id) from scratch.raw.quarantine)"
    )
    connection.execute(
        "update scratch.raw.disposition as ended"
        " set status = 'quarantined', reason = refused.reason from ("
        " select edition, source_id, url,"
        " string_agg(distinct reason, ' ' order by reason) as reason"
        " from scratch.raw.quarantine where is_last group by all) as refused"
        " where ended.status = 'loaded' and ended.edition = refused.edition"
        " and ended.source_id = refused.source_id and ended.url = refused.url"
    )


def _keep_out_taken_down(connection: DuckDBPyConnection, takedowns: Takedowns) -> None:
    """As `_keep_out`, for articles that a run landed while they were being taken down."""
    ids, urls = list(takedowns.article_ids), list(takedowns.urls)
    for table in ("article", "article_url", "removal"):
        connection.execute(
            f"delete from scratch.raw.{table} where article_id in (select unnest($1::varchar[]))",
            [ids],
        )
    connection.execute(
        f"update scratch.raw.disposition set status = 'quarantined', reason = '{TAKEN_DOWN}'"
        " where url in (select unnest($1::varchar[]))",
        [urls],
    )


def _load(connection: DuckDBPyConnection, table: str, files: pl.DataFrame, condition: str) -> None:
    """Insert the rows of `files` that meet `condition`; a column that an old file lacks is NULL."""
    if files.is_empty():
        return
    connection.register("landed_file", files)
    known = ", ".join(f"'{name}'" for name in LANDED[table])
    connection.execute(
        f"insert into scratch.raw.{table} by name"
        f" select columns(lambda name: name in ({known}, 'edition', 'collect_id'))"
        " from read_parquet($1, filename = true, union_by_name = true) as landed"
        " join landed_file on landed_file.path = landed.filename"
        f" where {condition}",
        [files["path"].to_list()],
    )
    connection.unregister("landed_file")
