"""Between editions: each source looked at as often as its feed turns over, into the archive.

`run` is the run's id in file names, made by `plan_poll`; Airflow's own `run_id` is another.
"""

from typing import Any

from airflow.sdk import DAG, CronTriggerTimetable, Param

from dags.wiring import DEFAULT_ARGS, runbook, schedule_is_on, station

OF_SHARD = "{{ task.op_kwargs['shard']['label'] }}"


@station()
def plan_poll(dag_run: Any = None, params: Any = None, ti: Any = None) -> list[dict[str, Any]]:
    import os

    from ingest.polls import plan_due

    sources = params["sources"] or os.environ.get("BROADSHEET_SOURCES")
    run_id, shards = plan_due(dag_run.run_id, sources)
    ti.xcom_push("run_id", run_id)
    return shards


@station(map_index_template=OF_SHARD)
def fetch(run: str, shard: dict[str, Any]) -> dict[str, Any]:
    from ingest.collect import collect_shard

    return collect_shard(run, shard)


@station(trigger_rule="all_done")
def remember(run: str) -> dict[str, Any]:
    from ingest.polls import remember as remember_

    return remember_(run)


with DAG(
    "collect_news",
    description="Looks at each source between editions, so that nothing scrolls by unseen.",
    doc_md=runbook("collect_news"),
    schedule=CronTriggerTimetable("*/15 * * * *", timezone="UTC") if schedule_is_on() else None,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["broadsheet", "news"],
    params={
        "sources": Param(
            None,
            type=["null", "string"],
            description="Another sources file than config/sources.yml.",
        ),
    },
):
    planned = plan_poll()
    run = planned["run_id"]
    fetched = fetch.partial(run=run).expand(shard=planned)
    fetched >> remember(run)
