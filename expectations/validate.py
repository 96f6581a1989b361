"""Runs a suite through Great Expectations: verdicts come back, Data Docs are left behind."""

import logging
import os
import shutil
from pathlib import Path
from typing import Any

# Read when the library is imported: nothing phones home, whatever the environment says.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
# It logs every class that it registers; only trouble is of interest in a task's log.
logging.getLogger("great_expectations").setLevel(logging.ERROR)

import great_expectations as gx
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from sqlalchemy.exc import DBAPIError

from core.errors import GateRefused
from expectations.checks import NO_ROWS, Asset, Check, Suite
from expectations.data_docs import make_self_contained
from expectations.duckdb_engine import DuckDBDatasource, ExpectNoRows, examples_of
from expectations.verdicts import Verdict


def validate(suite: Suite, docs: Path) -> list[Verdict]:
    """Evaluate every check of `suite`, in order, and write its Data Docs to `docs`.

    A check that cannot be evaluated has failed; its verdict says why.
    """
    shutil.rmtree(docs, ignore_errors=True)
    context = _context(docs)
    source = _open(context, suite)
    try:
        definitions = [
            _definition(context, source, asset, [one for one in suite.checks if one.asset == asset])
            for asset in suite.assets
        ]
        checkpoint = context.checkpoints.add(
            gx.Checkpoint(
                name=suite.name,
                validation_definitions=definitions,
                result_format={"result_format": "SUMMARY", "partial_unexpected_count": 3},
            )
        )
        outcome = checkpoint.run()
        context.build_data_docs()
        make_self_contained(docs)
    finally:
        source.get_execution_engine().close()
    found = {
        result.expectation_config.meta["check"]: result
        for run in outcome.run_results.values()
        for result in run.results
    }
    return [_verdict(suite.name, check, found[check.name]) for check in suite.checks]


def _context(docs: Path) -> Any:
    """A Great Expectations context that keeps nothing but the pages it writes to `docs`."""
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(docs),
        },
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        # A page of results tells its expectations; pages of expectations alone would repeat them.
        "site_section_builders": {"expectations": "None", "profiling": "None"},
    }
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        data_docs_sites={"data_docs": site},
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    return gx.get_context(project_config=config, mode="ephemeral")


def _open(context: Any, suite: Suite) -> DuckDBDatasource:
    try:
        return context.data_sources.add_duckdb(
            name="broadsheet", connection_string="duckdb:///:memory:", setup=list(suite.setup)
        )
    except DBAPIError as error:
        raise GateRefused(
            f"the rows of the suite '{suite.name}' cannot be read: {str(error.orig).splitlines()[0]}; "
            "a file of the batch is damaged or missing: clear and repeat the task that wrote it."
        ) from error


def _definition(context: Any, source: DuckDBDatasource, asset: Asset, checks: list[Check]) -> Any:
    rows = source.add_query_asset(name=asset.name, query=f"select * from ({asset.query})")
    expectations = gx.ExpectationSuite(
        name=asset.name, expectations=[_expectation(check) for check in checks]
    )
    return context.validation_definitions.add(
        gx.ValidationDefinition(
            name=asset.name,
            data=rows.add_batch_definition_whole_table("all rows"),
            suite=context.suites.add(expectations),
        )
    )


def _expectation(check: Check) -> Any:
    told = {
        "severity": check.severity,
        "description": f"{check.name}: {check.sentence}",
        "meta": {"check": check.name, "kind": check.kind, "sentence": check.sentence},
    }
    if check.inactive:
        told["description"] += f" (inactive: {check.inactive})"
        return ExpectNoRows(unexpected_rows_query="select 1 from {batch} where false", **told)
    if check.expectation == NO_ROWS:
        return ExpectNoRows(unexpected_rows_query=examples_of(check.arguments["query"]), **told)
    return getattr(gx.expectations, check.expectation)(**check.arguments, **told)


def _verdict(suite: str, check: Check, result: Any) -> Verdict:
    return Verdict(
        suite=suite,
        expectation=check.name,
        table_name=check.asset.name,
        column_name=check.column,
        severity=check.severity,
        success=bool(result.success),
        observed=f"inactive: {check.inactive}" if check.inactive else _observed(check, result),
        sentence=check.sentence,
    )


def _observed(check: Check, result: Any) -> str:
    details = result.result or {}
    if not details:
        return f"could not be evaluated: {_reason(result.exception_info)}"
    if "observed_value" in details:
        observed = details["observed_value"]
        if isinstance(observed, list):
            observed = ", ".join(sorted(map(str, observed)))
        return f"{observed}{_bounds(check)}"
    count, total = details.get("unexpected_count", 0), details.get("element_count", 0)
    examples = "; ".join(str(value) for value in details.get("partial_unexpected_list", []))
    return f"{count} of {total} unexpected" + (f", e.g. {examples}" if examples else "")


def _bounds(check: Check) -> str:
    """The limits of a measure, so that a verdict can be read without the suite."""
    low, high = check.arguments.get("min_value"), check.arguments.get("max_value")
    return (f" (at least {low})" if low is not None else "") + (
        f" (at most {high})" if high is not None else ""
    )


def _reason(exception_info: Any) -> str:
    """The first line of the database's complaint."""
    infos = [exception_info] if "exception_message" in exception_info else exception_info.values()
    messages = [str(info["exception_message"]) for info in infos if info.get("exception_message")]
    return messages[0].splitlines()[0] if messages else "no reason was given"
