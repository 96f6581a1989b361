"""The brief of every publication: runs because one appeared, and reads that one, by its id."""

from typing import Any

from airflow.sdk import DAG

from dags.notify import TaskFailed
from dags.wiring import DEFAULT_ARGS, PUBLICATION, runbook, station


@station()
def brief(triggering_asset_events: Any = None) -> list[str]:
    from core.config import config_folder, load_themes
    from core.errors import PlanError
    from enrich.account import TaxonomyReader
    from reports.brief import write_brief

    events = [event for found in triggering_asset_events.values() for event in found]
    if not events:
        raise PlanError("no publication triggered this run; run daily_news, which triggers it.")
    reader = TaxonomyReader(load_themes(config_folder() / "themes.yml"))
    return [
        str(write_brief(event.extra["publication_id"], event.extra["edition"], reader=reader))
        for event in events
    ]


with DAG(
    "daily_brief",
    description="The brief of each new publication.",
    doc_md=runbook("daily_brief"),
    schedule=[PUBLICATION],
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"on_failure_callback": [TaskFailed()]},
    tags=["broadsheet", "brief", "daily"],
):
    brief()
