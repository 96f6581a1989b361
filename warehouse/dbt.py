"""Runs dbt on a run's candidate in this process; Airflow runs the same project through Cosmos."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from core.config import DBT_PROJECT
from core.errors import BroadsheetError
from core.home import Home
from core.plan import Run, load_run
from warehouse import dbt_lock

# Unit tests try the SQL, not the data; the test suite runs them once.
_WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")


class BuildFailed(BroadsheetError):
    """dbt could not build the candidate; the text names every node that failed and why."""


def environment(home: Home, run_id: str) -> dict[str, str]:
    """The variables that the dbt profile reads, for one run."""
    return {
        "BROADSHEET_CANDIDATE": str(home.candidate(run_id)),
        "BROADSHEET_SCRATCH": str(home.scratch(run_id)),
        dbt_lock.LOCK_VARIABLE: str(home.writer_lock),
    }


def build(run_id: str) -> dict[str, int]:
    """Build and test every node on the run's candidate; returns how many of which status.

    Raises:
        BuildFailed: a model, a test or dbt itself failed.
    """
    result = run_dbt(load_run(run_id), "build", *_WITHOUT_UNIT_TESTS)
    if not result.success:
        raise BuildFailed(f"dbt failed on the candidate of {run_id}: {_failures(result)}")
    counts: dict[str, int] = {}
    for node in getattr(result.result, "results", []):
        counts[str(node.status)] = counts.get(str(node.status), 0) + 1
    return counts


def run_dbt(run: Run, *command: str) -> dbtRunnerResult:
    """Run one dbt command on the run's candidate and close the candidate after it."""
    variables = {**environment(run.paths, run.run_id), "BROADSHEET_KEEP_OPEN": "True"}
    with _environment(variables):
        try:
            return _invoke(list(command), run.work / "dbt", _manifest())
        finally:
            DuckDBConnectionManager.close_all_connections()
            dbt_lock.release()


@cache
def _manifest() -> Manifest:
    """The parsed project; the same for every run, as it names catalogs and no paths."""
    home = Home.from_environment()
    result = _invoke(["parse", "--no-partial-parse"], home.root / "work" / "dbt", None)
    if not result.success or not isinstance(result.result, Manifest):
        raise BuildFailed(f"{DBT_PROJECT} cannot be parsed: {_failures(result)}")
    return result.result


def _invoke(command: list[str], target: Path, manifest: Manifest | None) -> dbtRunnerResult:
    folders = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    output = ["--target-path", str(target), "--log-path", str(target), "--quiet"]
    # dbt writes into the manifest it runs; a second run of the same one would not compile.
    own = manifest.deepcopy() if manifest else None
    return dbtRunner(manifest=own).invoke([*command, *folders, *output])


def _failures(result: dbtRunnerResult) -> str:
    nodes = getattr(result.result, "results", None) or []
    failed = [node for node in nodes if node.status in ("error", "fail", "runtime error")]
    told = [f"{node.node.name} ({(node.message or '').strip()})" for node in failed]
    return "; ".join(told) or str(result.exception or "see the log above")


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
