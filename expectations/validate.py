"""Runs a suite through Great Expectations: verdicts come back, Data Docs are left behind."""

import logging
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import great_expectations as gx
from duckdb import FatalException
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from sqlalchemy.exc import DBAPIError

from core.errors import GateRefused
from expectations.checks import NO_ROWS, Check, Suite
from expectations.data_docs import finish_pages
from expectations.duckdb_engine import DuckDBDatasource, ExpectNoRows, examples_of
from expectations.verdicts import Verdict

_log = logging.getLogger(__name__)
_ALL_ROWS = "all rows"
_NAMED = 5


def validate(suite: Suite, docs: Path) -> list[Verdict]:
    """Evaluate every check of `suite`, in order, and write its Data Docs to `docs`.

    A check that cannot be evaluated has failed; its verdict says why. After an error within
    DuckDB itself, which leaves its database unusable, the suite is evaluated once more.

    Raises:
        GateRefused: the suite's databases or files cannot be opened at all.
        DBAPIError: DuckDB failed again.
    """
    try:
        return _evaluate(suite, docs)
    except DBAPIError as error:
        if not isinstance(error.orig, FatalException):
            raise
        _log.warning("DuckDB failed within the suite %s: %s", suite.name, error.orig)
        return _evaluate(suite, docs)


def _evaluate(suite: Suite, docs: Path) -> list[Verdict]:
    shutil.rmtree(docs, ignore_errors=True)
    context = _context(docs)
    source = _open(context, suite)
    try:
        checkpoint = gx.Checkpoint(
            name=suite.name,
            validation_definitions=_definitions(context, source, suite),
            result_format={"result_format": "SUMMARY", "partial_unexpected_count": 3},
        )
        outcome = context.checkpoints.add(checkpoint).run()
        context.build_data_docs(build_index=False)
        left_out = _left_out(source, suite)
    finally:
        broken = source.get_execution_engine().broken
        source.get_execution_engine().close()
    found = {
        result.expectation_config.meta["check"]: result
        for run in outcome.run_results.values()
        for result in run.results
    }
    verdicts = [
        _verdict(suite.name, check, found[check.name], broken.get(f"{check.asset.name}_rows"))
        for check in suite.checks
    ]
    verdicts = [
        replace(one, observed=f"{one.observed}{left_out.get(one.expectation, '')}")
        for one in verdicts
    ]
    finish_pages(docs, verdicts)
    return verdicts


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
    """Open the suite's databases, with all of its assets at once: one by one is slow."""
    assets = [
        {
            "type": "query",
            "name": asset.name,
            "query": f"select * from {asset.name}_rows",
            "batch_definitions": [{"name": _ALL_ROWS}],
        }
        for asset in suite.assets
    ]
    try:
        source: DuckDBDatasource = context.data_sources.add_duckdb(
            name="broadsheet",
            connection_string="duckdb:///:memory:",
            setup=suite.setup,
            tables={
                **{table.name: table.query for table in suite.derived},
                **{f"{asset.name}_rows": asset.query for asset in suite.assets},
            },
            assets=assets,
        )
    except DBAPIError as error:
        raise GateRefused(
            f"what the suite '{suite.name}' looks at cannot be opened: "
            f"{str(error.orig).splitlines()[0]}; a file is damaged or missing: "
            "clear and repeat the task that wrote it."
        ) from error
    return source


def _definitions(context: Any, source: DuckDBDatasource, suite: Suite) -> list[Any]:
    """One validation per asset, with the expectations about it."""
    definitions = []
    for asset in suite.assets:
        expectations = gx.ExpectationSuite(
            name=asset.name,
            expectations=[_expectation(one) for one in suite.checks if one.asset == asset],
        )
        definition = gx.ValidationDefinition(
            name=asset.name,
            data=source.get_asset(asset.name).get_batch_definition(_ALL_ROWS),
            suite=context.suites.add(expectations),
        )
        definitions.append(context.validation_definitions.add(definition))
    return definitions


def _left_out(source: DuckDBDatasource, suite: Suite) -> dict[str, str]:
    """What a check says of the subjects that it cannot judge, by its name."""
    told: dict[str, str] = {}
    with source.get_execution_engine().get_connection() as connection:
        for check in suite.checks:
            table = f"{check.asset.name}_rows"
            if check.left_out and not check.inactive:
                query = f"with batch as (from {table}) {check.left_out} order by 1"
                names = [str(row[0]) for row in connection.exec_driver_sql(query)]
                more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
                if names:
                    told[check.name] = (
                        f"; inactive for {', '.join(names[:_NAMED])}{more}: "
                        "fewer than 5 articles expected"
                    )
    return told


def _expectation(check: Check) -> Any:
    told = {
        "severity": check.severity,
        "description": f"{check.name}: {check.sentence}",
        "meta": {"check": check.name, "kind": check.kind, "sentence": check.sentence},
    }
    if check.inactive:
        told["description"] = f"{told['description']} (inactive: {check.inactive})"
        return ExpectNoRows(unexpected_rows_query="select 1 from {batch} where false", **told)
    if check.expectation == NO_ROWS:
        return ExpectNoRows(unexpected_rows_query=examples_of(check.arguments["query"]), **told)
    return getattr(gx.expectations, check.expectation)(**check.arguments, **told)


def _verdict(suite: str, check: Check, result: Any, broken: str | None) -> Verdict:
    if broken:
        observed = f"could not be evaluated: {broken}"
    elif check.inactive:
        observed = f"inactive: {check.inactive}"
    else:
        observed = _observed(check, result)
    return Verdict(
        suite=suite,
        expectation=check.name,
        table_name=check.asset.name,
        column_name=check.column,
        severity=check.severity,
        success=bool(result.success),
        observed=observed,
        sentence=check.sentence,
    )


def _observed(check: Check, result: Any) -> str:
    details: Mapping[str, Any] = result.result or {}
    if not details:
        return f"could not be evaluated: {_reason(result.exception_info)}"
    if "observed_value" in details:
        return f"{details['observed_value']}{_bounds(check)}"
    count, total = details.get("unexpected_count") or 0, details.get("element_count", 0)
    examples = "; ".join(str(value) for value in details.get("partial_unexpected_list", []))
    return f"{count} of {total} unexpected" + (f", e.g. {examples}" if examples else "")


def _bounds(check: Check) -> str:
    """The limits of a measure, so that a verdict can be read without the suite."""
    low, high = check.arguments.get("min_value"), check.arguments.get("max_value")
    return (f" (at least {low})" if low is not None else "") + (
        f" (at most {high})" if high is not None else ""
    )


def _reason(exception_info: Mapping[str, Any]) -> str:
    """The first line of the database's complaint."""
    single = "exception_message" in exception_info
    infos: list[Any] = [exception_info] if single else list(exception_info.values())
    messages = [str(info["exception_message"]) for info in infos if info.get("exception_message")]
    return messages[0].splitlines()[0] if messages else "no reason was given"
