"""Loads landed Parquet into `scratch.raw`: rows of touched articles, and of changed editions."""

from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from core.landed import LANDED
from core.plan import Run
from core.takedowns import TAKEN_DOWN, Takedowns, read_takedowns
from warehouse.editions import Edition
from warehouse.landed_index import drop_moved, landed_files
from warehouse.raw import (
    BY_ARTICLE,
    BY_EDITION,
    fill_configuration,
    fill_edition,
    make_raw_tables,
)
from warehouse.touched import fill_touched_articles, fill_touched_days, fill_touched_entities

_TOUCHED = "article_id in (from scratch.raw.touched_article)"
_BOTH_TOUCHED = (
    "article_id_a in (from scratch.raw.touched_article)"
    " and article_id_b in (from scratch.raw.touched_article)"
)
_LINK_TOUCHED = (
    "article_id in (from scratch.raw.touched_article)"
    " and earlier_article_id in (from scratch.raw.touched_article)"
)
_ENTITY_TOUCHED = "entity_id in (from scratch.raw.touched_entity)"
# Which editions hold rows of what is touched; of an entity only the last one counts.
_ARTICLES = f"select edition from candidate.meta.landed_article where {_TOUCHED}"
_LINKS = f"select edition from candidate.meta.landed_link where {_TOUCHED}"
_ENTITIES = (
    "select max(edition) as edition from candidate.meta.landed_entity"
    f" where {_ENTITY_TOUCHED} group by entity_id"
)


def load_raw(
    connection: DuckDBPyConnection, run: Run, editions: list[Edition], *, config_changed: bool
) -> None:
    """Fill `scratch.raw` for `editions`, which `warehouse.landed_index` has just indexed.

    The marts of the candidate are still those of its base.
    """
    make_raw_tables(connection)
    fill_edition(connection, editions)
    fill_configuration(connection, run)
    connection.execute("insert into scratch.raw.configuration values ($1)", [config_changed])
    fill_touched_articles(connection)
    fill_touched_entities(connection)
    drop_moved(connection)

    def files(table: str, held: set[date]) -> pl.DataFrame:
        contents = [one.now for one in editions if one.now and one.edition in held]
        return landed_files(run.paths, contents, table)

    articles = _holders(connection, _ARTICLES)
    for table in (*BY_ARTICLE, "removal", "quarantine"):
        _load(connection, table, files(table, articles), _TOUCHED)
    changed = {one.edition for one in editions if one.state in ("new", "changed")}
    for table in BY_EDITION:
        _load(connection, table, files(table, changed), "true")
    _keep_out(connection)
    _keep_out_taken_down(connection, read_takedowns(run.paths))
    links = _holders(connection, _LINKS)
    for table, condition in (("near_duplicate", _BOTH_TOUCHED), ("story_link", _LINK_TOUCHED)):
        _load(connection, table, files(table, links), condition)
    named = _holders(connection, _ENTITIES)
    _load(connection, "kb_entity", files("kb_entity", named), _ENTITY_TOUCHED)
    fill_touched_days(connection, all_days=config_changed)


def _holders(connection: DuckDBPyConnection, query: str) -> set[date]:
    return {
        edition for (edition,) in connection.execute(f"select distinct * from ({query})").fetchall()
    }


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
