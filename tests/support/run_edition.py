"""One edition without Airflow: the task functions of `daily_news` in order, in this process.

For tests and measurements that need many editions; tests/dags holds this order against the DAG's.
"""

from typing import Any

from cli.stations import (
    BUILD,
    COLLECT,
    ENRICH,
    PUBLISH,
    Watch,
    build_candidate,
    collect_edition,
    enrich_outdated,
    enrich_texts,
    group_texts,
    publish_candidate,
    silent,
)
from core.plan import Run, plan_run
from enrich.account import TaxonomyReader
from reports.brief import write_brief

TASKS = ("plan", *COLLECT, *ENRICH, *BUILD, *PUBLISH)


def enrich_edition(run: Run, landed: dict[str, Any], watch: Watch = silent) -> None:
    enrich_texts(run, landed, watch)
    enrich_outdated(run, watch)
    group_texts(run, watch)


def publish_edition(run: Run, watch: Watch = silent) -> dict[str, Any]:
    """Candidate, dbt, gate, publication; returns publication id and edition."""
    build_candidate(run, watch)
    return publish_candidate(run, watch)


def run_edition(
    run_id: str,
    *,
    edition: str | None = None,
    sources: str | None = None,
    brief: bool = False,
    watch: Watch = silent,
) -> dict[str, Any]:
    """Run one edition in `$BROADSHEET_HOME` from plan to publication (and brief if asked)."""
    with watch("plan"):
        run = plan_run(run_id, edition=edition, sources=sources)
    landed = collect_edition(run, watch)
    enrich_edition(run, landed, watch)
    published = publish_edition(run, watch)
    if brief:
        with watch("brief"):
            reader = TaxonomyReader(run.themes)
            write_brief(published["publication_id"], published["edition"], reader=reader)
    return published
