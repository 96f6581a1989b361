"""Once a day, by the hour of `config/alerts.yml`: is the day's edition published?"""

from typing import Any

from airflow.sdk import DAG, CronTriggerTimetable

from core.alerts import load_alerts
from dags.notify import DeadlineMissed
from dags.wiring import DEFAULT_ARGS, NOT_WHAT_WAS_MISSED, runbook, schedule_is_on, station

DEADLINE = load_alerts().deadline


@station()
def require_publication(dag_run: Any = None) -> dict[str, str | None]:
    from reports.deadline import require_published

    return require_published(dag_run.logical_date or dag_run.run_after)


with DAG(
    "publication_deadline",
    description="Red, and an alert, when the day's edition is not published in time.",
    doc_md=runbook("publication_deadline"),
    schedule=CronTriggerTimetable(
        DEADLINE.cron, timezone=DEADLINE.timezone, run_immediately=NOT_WHAT_WAS_MISSED
    )
    if schedule_is_on()
    else None,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"on_failure_callback": [DeadlineMissed()]},
    tags=["broadsheet", "daily", "alert"],
):
    require_publication()
