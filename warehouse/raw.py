"""The raw tables in the scratch database: their shape, and the rows that come from no article."""

import polars as pl
from duckdb import DuckDBPyConnection

from core.accuracy import measured
from core.landed import LANDED
from core.plan import Run
from core.taxonomy import Accuracy
from warehouse.editions import Edition

# Landed tables of which only rows of touched articles are loaded, from every edition's landing …
BY_ARTICLE = (
    "article",
    "article_url",
    "date_candidate",
    "analysis",
    "sentence",
    "mention",
    "theme_evidence",
    "article_theme",
)
# … and those that are loaded whole, but only for new and changed editions.
BY_EDITION = ("disposition", "source_report", "discovered")
# `quarantine` is for the load itself: what it names is taken out again before dbt reads.
LOADED = (
    *BY_ARTICLE,
    *BY_EDITION,
    "removal",
    "near_duplicate",
    "story_link",
    "kb_entity",
    "quarantine",
)

_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "varchar",
    pl.Int32: "integer",
    pl.Float64: "double",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime: "timestamp",
    pl.List: "varchar[]",
}
_FROM_CONFIG = {
    "touched_article": "article_id varchar",
    "touched_entity": "entity_id varchar",
    "touched_day": "day date",
    "configuration": "is_changed boolean",
    "edition": "edition date, collect_id varchar, content_hash varchar, state varchar",
    "source": "source_id varchar, name varchar, owner_id varchar, owner varchar, homepage varchar, "
    "country varchar, language varchar, timezone varchar, kind varchar, licence varchar, "
    "may_export_text boolean, active_from date, active_to date, retired_in_edition date",
    "source_set": "source_id varchar, set_id varchar",
    "theme": "theme_id varchar, parent_theme_id varchar, name varchar, description varchar, "
    "iptc_qcode varchar, taxonomy_version varchar, threshold double, eval_precision double, "
    "eval_recall double, eval_n integer, retired_in_edition date",
    "entity": "entity_id varchar, name varchar, entity_type varchar, wikidata_qid varchar, "
    "country varchar, parent_id varchar, relation varchar, parent_from date, parent_to date, "
    "retired_in_edition date",
    "entity_alias": "entity_id varchar, alias varchar, valid_from date, valid_to date",
}


def make_raw_tables(connection: DuckDBPyConnection) -> None:
    """Make every table of `scratch.raw`, empty, with the types that staging relies on."""
    connection.execute("create schema scratch.raw")
    for table in LOADED:
        columns = [f"{name} {_TYPES[type(dtype)]}" for name, dtype in LANDED[table].items()]
        columns += ["edition date", "collect_id varchar"]
        connection.execute(f"create table scratch.raw.{table} ({', '.join(columns)})")
    for table, columns_sql in _FROM_CONFIG.items():
        connection.execute(f"create table scratch.raw.{table} ({columns_sql})")


def fill_edition(connection: DuckDBPyConnection, editions: list[Edition]) -> None:
    rows = [{**vars(edition.known), "state": edition.state} for edition in editions]
    insert_rows(connection, "scratch.raw.edition", rows)


def _accuracy(accuracy: Accuracy | None) -> dict[str, float | int | None]:
    return {
        "eval_precision": accuracy.precision if accuracy else None,
        "eval_recall": accuracy.recall if accuracy else None,
        "eval_n": accuracy.positives if accuracy else None,
    }


def fill_configuration(connection: DuckDBPyConnection, run: Run) -> None:
    """Write the run's outlets, themes and entities."""
    sources = run.sources.sources
    tables = {
        "source": [
            {
                "source_id": one.id,
                "owner_id": one.owner.id,
                "owner": one.owner.name,
                "kind": one.kind,
                **one.model_dump(
                    include={
                        "name",
                        "homepage",
                        "country",
                        "language",
                        "timezone",
                        "licence",
                        "may_export_text",
                        "active_from",
                        "active_to",
                        "retired_in_edition",
                    }
                ),
            }
            for one in sources
        ],
        "source_set": [
            {"source_id": one.id, "set_id": set_id} for one in sources for set_id in one.sets
        ],
        "theme": [
            {
                "theme_id": one.id,
                "parent_theme_id": one.parent,
                "iptc_qcode": one.iptc,
                "taxonomy_version": run.themes.taxonomy_version,
                **one.model_dump(
                    include={"name", "description", "threshold", "retired_in_edition"}
                ),
                **_accuracy(measured(run.themes, one)),
            }
            for one in run.themes.themes
        ],
        "entity": [
            {
                "entity_id": one.id,
                "entity_type": one.type,
                "wikidata_qid": one.qid,
                "parent_id": one.parent,
                "relation": one.parent_relation if one.parent else None,
                **one.model_dump(
                    include={"name", "country", "parent_from", "parent_to", "retired_in_edition"}
                ),
            }
            for one in run.entities.entities
        ],
        "entity_alias": [
            {
                "entity_id": one.id,
                "alias": name.alias,
                "valid_from": name.valid_from,
                "valid_to": name.valid_to,
            }
            for one in run.entities.entities
            for name in one.names
        ],
    }
    for table, rows in tables.items():
        insert_rows(connection, f"scratch.raw.{table}", rows)


def insert_rows(connection: DuckDBPyConnection, table: str, rows: list[dict[str, object]]) -> None:
    """Insert dictionaries by column name."""
    if rows:
        connection.register("given_rows", pl.DataFrame(rows, infer_schema_length=None))
        connection.execute(f"insert into {table} by name select * from given_rows")
        connection.unregister("given_rows")
