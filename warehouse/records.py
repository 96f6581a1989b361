"""Writes into a candidate what was said and done about it: verdicts, decisions, its own record."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from core.decisions import Decision, read_decisions
from core.home import Home
from core.landed import read_landed
from core.plan import Run
from core.quarantine import with_ids
from warehouse.database import transaction
from warehouse.editions import Content, sealed_folder
from warehouse.raw import insert_rows
from warehouse.schema import (
    BRIEF_CITATION,
    BRIEF_FIGURE,
    DECISION,
    EDITION,
    EXPECTATION_RESULT,
    QUARANTINE,
    SCHEMA_VERSION,
    TABLES,
    Table,
)
from warehouse.versions import code_version, config_hash


def write_records(connection: DuckDBPyConnection, run: Run, note: dict[str, Any]) -> None:
    """Write every record of this publication in one transaction; again is the same.

    `note` holds publication_id, base_publication_id, published_at, gate_result and editions.
    """
    connection.execute("use candidate")
    with transaction(connection):
        _write_all(connection, run, note)


def write_rollback_records(
    connection: DuckDBPyConnection, home: Home, note: dict[str, Any]
) -> None:
    """Write into a copy of an older publication what is known since; again is the same.

    `base` of `connection` is the current publication: its records, of which the copy holds a part,
    are kept. `note` holds publication_id, published_at, run_id, rolled_back_to and gate_result.
    """
    connection.execute("use candidate")
    with transaction(connection):
        for table in TABLES:
            if table != EDITION:
                name = table.qualified
                connection.execute(f"insert into {name} (from base.{name} except from {name})")
        _write_home(connection, home)
        connection.execute(
            "delete from meta.publication where publication_id = $publication_id",
            {"publication_id": note["publication_id"]},
        )
        connection.execute(
            _ROLLBACK,
            {
                key: note[key]
                for key in (
                    "publication_id", "rolled_back_to", "published_at", "run_id", "gate_result",
                )
            },
        )  # fmt: skip


# The content is older, and so are the versions of code and configuration that made it.
_ROLLBACK = """
insert into meta.publication by name
select * replace (
    $publication_id as publication_id,
    $rolled_back_to as base_publication_id,
    $published_at::timestamp as published_at,
    $run_id as dag_run_id,
    $gate_result as gate_result
)
from meta.publication
where publication_id = $rolled_back_to
"""


def _write_all(connection: DuckDBPyConnection, run: Run, note: dict[str, Any]) -> None:
    own = _rows((run.work / "verdicts").glob("*.parquet"), EXPECTATION_RESULT)
    verdicts = [{**row, "publication_id": note["publication_id"]} for row in own]
    _add_missing(connection, EXPECTATION_RESULT, verdicts)
    _write_home(connection, run.paths)
    _write_editions(connection, run, note["editions"])
    _write_quarantine(connection, run, note["editions"])
    _write_publication(connection, run, note)


def _write_home(connection: DuckDBPyConnection, home: Home) -> None:
    """What lies in files until the next publication, whichever that is."""
    refused = _rows((home.quality / "verdicts").rglob("*.parquet"), EXPECTATION_RESULT)
    nameless = [{**row, "publication_id": None} for row in refused]
    _add_missing(connection, EXPECTATION_RESULT, nameless)
    _add_missing(connection, DECISION, [_decision_row(one) for one in read_decisions(home)])
    figures = home.root.glob("reports/*/figures.parquet")
    _add_missing(connection, BRIEF_FIGURE, _rows(figures, BRIEF_FIGURE))
    citations = home.root.glob("reports/*/citations-*.parquet")
    _add_missing(connection, BRIEF_CITATION, _rows(citations, BRIEF_CITATION))


def _decision_row(decision: Decision) -> dict[str, object]:
    row = decision.model_dump(exclude={"urls"})
    url = next(iter(decision.urls), None)
    return {**row, "expectations": ", ".join(decision.expectations) or None, "url": url}


def _rows(files: Any, table: Table) -> list[dict[str, object]]:
    """The rows of Parquet files, with the columns of `table`; a column they lack is None."""
    paths: list[Path] = sorted(files)
    return [
        {name: row.get(name) for name in table.columns}
        for path in paths
        for row in pl.read_parquet(path).iter_rows(named=True)
    ]


def _add_missing(
    connection: DuckDBPyConnection, table: Table, rows: list[dict[str, object]]
) -> None:
    """Insert the rows that the table does not hold yet."""
    columns = ", ".join(f"{name} {type_}" for name, (type_, _) in table.columns.items())
    connection.execute(f"create or replace temp table addition ({columns})")
    insert_rows(connection, "addition", rows)
    connection.execute(f"insert into {table.qualified} from addition except from {table.qualified}")


def _write_editions(
    connection: DuckDBPyConnection, run: Run, editions: list[dict[str, str]]
) -> None:
    """Leave in `meta.edition` the editions that are in the candidate now."""
    moved = [one for one in editions if one["state"] != "kept"]
    days = [one["edition"] for one in moved]
    connection.execute(
        "delete from meta.edition where edition in (select unnest($1::date[]))", [days]
    )
    for one in moved:
        if one["state"] != "withdrawn":
            connection.execute(
                "insert into meta.edition values ($1, $2, $3, $4)",
                [one["edition"], one["collect_id"], one["content_hash"], run.run_id],
            )


def _write_quarantine(
    connection: DuckDBPyConnection, run: Run, editions: list[dict[str, str]]
) -> None:
    """Leave in `quality.quarantine` what the editions in the candidate keep out now."""
    moved = [one for one in editions if one["state"] != "kept"]
    days = [one["edition"] for one in moved]
    connection.execute(
        "delete from quality.quarantine where edition in (select unnest($1::date[]))", [days]
    )
    for one in moved:
        if one["state"] == "withdrawn":
            continue
        edition = date.fromisoformat(one["edition"])
        content = Content(edition, one["collect_id"], one["content_hash"])
        refused = read_landed(sealed_folder(run.paths, content), "quarantine")
        rows = [
            {name: {**row, "edition": edition, "run_id": run.run_id}[name]
             for name in QUARANTINE.columns}
            for row in with_ids(refused, edition).iter_rows(named=True)
        ]  # fmt: skip
        insert_rows(connection, "quality.quarantine", rows)


def _write_publication(connection: DuckDBPyConnection, run: Run, note: dict[str, Any]) -> None:
    connection.execute(
        "delete from meta.publication where publication_id = $1", [note["publication_id"]]
    )
    row = {
        "publication_id": note["publication_id"],
        "base_publication_id": note["base_publication_id"],
        "edition": run.edition,
        "published_at": note["published_at"],
        "dag_run_id": run.run_id,
        "code_version": code_version(),
        "taxonomy_version": run.themes.taxonomy_version,
        "extractor_version": _extractor_version(connection, run, note),
        "entities_version": run.entities.entities_version,
        "config_hash": config_hash(run),
        "schema_version": SCHEMA_VERSION,
        "gate_result": note["gate_result"],
    }
    insert_rows(connection, "meta.publication", [row])


def _extractor_version(
    connection: DuckDBPyConnection, run: Run, note: dict[str, Any]
) -> str | None:
    """The extraction of the run's own edition; the base's where that edition is empty."""
    (content_hash,) = (
        one["content_hash"] for one in note["editions"] if one["edition"] == str(run.edition)
    )
    folder = sealed_folder(run.paths, Content(run.edition, run.collect_id, content_hash))
    files = sorted(str(file) for file in folder.glob("analysis/*.parquet"))
    versions: tuple[str | None] | None = None
    if files:
        versions = connection.execute(
            "select string_agg(distinct extractor_version, ' + ' order by extractor_version)"
            " from read_parquet($1)",
            [files],
        ).fetchone()
    if versions is None or versions[0] is None:
        versions = connection.execute(
            "select extractor_version from meta.publication order by publication_id desc limit 1"
        ).fetchone()
    return versions[0] if versions else None
