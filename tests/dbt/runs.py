"""Runs of the paper newsroom through the real warehouse: load, dbt, publish, and what came out."""

import hashlib
import os
import shutil
from datetime import UTC, datetime, time
from pathlib import Path

import duckdb

from core.files import file_sha256, write_json
from core.home import Home
from core.plan import Run, close_edition, plan_run
from tests.dbt.newsroom import Edition, land
from warehouse.candidate import open_candidate
from warehouse.dbt import _failures, run_dbt
from warehouse.editions import seal
from warehouse.publications import current
from warehouse.publish import publish


def plan_edition(home: Home, run_id: str, edition: Edition) -> Run:
    """Plan a run of the edition and land what the edition holds now."""
    moment = datetime.combine(edition.day, time(5), UTC)
    run = plan_run(run_id, data_interval_end=moment, home=home)
    shutil.rmtree(run.landing, ignore_errors=True)
    land(edition, run.landing)
    close_edition(run)
    return run


def open_editions(home: Home, run_id: str, *editions: Edition) -> Run:
    """Land the editions and load all in a run of the last: a candidate that dbt has not seen."""
    for number, edition in enumerate(editions[:-1]):
        seal(plan_edition(home, f"{run_id}-{number}", edition))
    run = plan_edition(home, run_id, editions[-1])
    open_candidate(run.run_id)
    return run


def do_dbt(run: Run, *command: str) -> None:
    result = run_dbt(run, *command)
    assert result.success, _failures(result)


def publish_editions(home: Home, run_id: str, *editions: Edition) -> Path:
    """Build the editions and publish them as if the gate had passed; returns the publication."""
    run = open_editions(home, run_id, *editions)
    do_dbt(run, "run")
    return publish_as_passed(home, run_id)


def publish_as_passed(home: Home, run_id: str) -> Path:
    """Publish the run's built candidate with the verdict of a gate that passed it."""
    verdict = {"result": "passed", "candidate_sha256": file_sha256(home.candidate(run_id))}
    write_json(home.work(run_id) / "verdicts" / "gate.json", verdict)
    publish(run_id)
    published = current(home)
    assert published is not None
    return published


def copy_home(home: Home, root: Path) -> Home:
    """A home with the same past; the environment names it from now on."""
    shutil.copytree(home.root, root, symlinks=True, ignore=shutil.ignore_patterns("work"))
    if home.warehouse.is_symlink():
        target = root / home.publications.name / home.warehouse.resolve().name
        (root / home.warehouse.name).unlink()
        (root / home.warehouse.name).symlink_to(target.relative_to(root))
    os.environ["BROADSHEET_HOME"] = str(root)
    return Home(root)


def table_hashes(database: Path) -> dict[str, str]:
    """A hash over the sorted rows of every table that the law speaks of."""
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where schema_name = 'marts'"
            " or table_name in ('fct_disposition', 'fct_source_edition')"
            " order by 1"
        ).fetchall()
        return {table: _hash(connection, table) for (table,) in tables}


def _hash(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    found = connection.execute(f"select t::varchar as told from {table} as t order by told")
    return hashlib.sha256("\n".join(row for (row,) in found.fetchall()).encode()).hexdigest()


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()
