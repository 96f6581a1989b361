"""Writes into a candidate what was said and done about it: verdicts, decisions, its own record."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from core.decisions import Decision, read_decisions
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
    EXPECTATION_RESULT,
    QUARANTINE,
    SCHEMA_VERSION,
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


def _write_all(connection: DuckDBPyConnection, run: Run, note: dict[str, Any]) -> None:
    _write_verdicts(connection, run, note["publication_id"])
    _add_missing(connection, DECISION, [_decision_row(one) for one in read_decisions(run.paths)])
    figures = run.paths.root.glob("reports/*/figures.parquet")
    _add_missing(connection, BRIEF_FIGURE, _rows(figures, BRIEF_FIGURE))
    citations = run.paths.root.glob("reports/*/citations-*.parquet")
    _add_missing(connection, BRIEF_CITATION, _rows(citations, BRIEF_CITATION))
    _write_editions(connection, run, note["editions"])
    _write_quarantine(connection, run, note["editions"])
    _write_publication(connection, run, note)


def _write_verdicts(connection: DuckDBPyConnection, run: Run, publication_id: str) -> None:
    """This run's verdicts, and those of refused runs, which no publication could hold."""
    own = _rows((run.work / "verdicts").glob("*.parquet"), EXPECTATION_RESULT)
    refused = _rows((run.paths.quality / "verdicts").rglob("*.parquet"), EXPECTATION_RESULT)
    named = [{**row, "publication_id": publication_id} for row in own]
    nameless = [{**row, "publication_id": None} for row in refused]
    _add_missing(connection, EXPECTATION_RESULT, [*named, *nameless])


def _decision_row(decision: Decision) -> dict[str, object]:
    return {**decision.model_dump(), "expectations": ", ".join(decision.expectations) or None}


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
