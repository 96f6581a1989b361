"""The daily edition: collect, enrich, build, gate, publish. Every task calls one function.

`run` is the run's id in file names, made by `plan`; Airflow's own `run_id` is another.
"""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, CronTriggerTimetable, Param, TaskGroup, task_group

from dags.dbt_tasks import dbt_task_group, follow
from dags.links import Brief, DataDocs, Runbook
from dags.notify import SilentSources, TaskFailed
from dags.wiring import (
    DEFAULT_ARGS,
    NOT_WHAT_WAS_MISSED,
    PUBLICATION,
    RESULTS_POOL,
    RESULTS_SLOTS,
    WRITER_POOL,
    WRITER_QUEUE,
    runbook,
    schedule_is_on,
    station,
)

DAILY_AT_FIVE = CronTriggerTimetable(
    "0 5 * * *",
    timezone="UTC",
    interval=timedelta(days=1),
    run_immediately=NOT_WHAT_WAS_MISSED,
)
EVERY_MODEL_ENDED = "All tasks of `dbt` ended well: every model is built, at once or one by one."
TABLES_READY = (
    "The one `dbt build` ended well, or, where that was lost, each model's own task built it."
)
# Before the tasks that tell how each model ended.
SOON: dict[str, Any] = {"priority_weight": 1_000, "weight_rule": "absolute"}
OF_SHARD = "{{ task.op_kwargs['shard']['label'] }}"
GATE_LINKS = (DataDocs(), Runbook())


@station()
def plan(dag_run: Any = None, params: Any = None, ti: Any = None) -> list[dict[str, Any]]:
    import os

    from core.plan import plan_run

    planned = plan_run(
        dag_run.run_id,
        edition=params["edition"],
        sources=params["sources"] or os.environ.get("BROADSHEET_SOURCES"),
        data_interval_end=dag_run.data_interval_end,
        is_backfill=dag_run.run_type == "backfill",
    )
    ti.xcom_push("run_id", planned.run_id)
    ti.xcom_push("edition", planned.edition.isoformat())
    return [shard.model_dump() for shard in planned.shards]


@station(map_index_template=OF_SHARD)
def fetch(run: str, shard: dict[str, Any]) -> dict[str, Any]:
    from ingest.collect import collect_shard

    return collect_shard(run, shard)


@station(map_index_template=OF_SHARD)
def extract(run: str, shard: dict[str, Any]) -> dict[str, Any]:
    from ingest.extract_shard import extract_shard

    return extract_shard(run, shard)


@station()
def land(run: str, ti: Any = None) -> list[dict[str, Any]]:
    from ingest.land import land_edition

    landed = land_edition(run)
    ti.xcom_push("dispositions", landed["dispositions"])
    text_shards: list[dict[str, Any]] = landed["text_shards"]
    return text_shards


@station(links=GATE_LINKS, on_success_callback=[SilentSources()])
def check_landing(run: str) -> dict[str, Any]:
    from expectations.gate import check_landing as check

    return check(run)


@station(map_index_template=OF_SHARD)
def enrich(run: str, shard: dict[str, Any]) -> dict[str, Any]:
    from enrich.run import enrich_shard

    return enrich_shard(run, shard)


@station()
def find_outdated(run: str) -> list[dict[str, Any]]:
    from warehouse.outdated import find_outdated as find

    return find(run)


@station(map_index_template=OF_SHARD)
def enrich_again(run: str, shard: dict[str, Any]) -> dict[str, int]:
    from enrich.again import enrich_again as enrich_

    return enrich_(run, shard)


@station(trigger_rule="none_failed")
def group_texts(run: str) -> dict[str, Any]:
    from enrich.grouping import group_edition

    return group_edition(run)


@station(pool=WRITER_POOL, queue=WRITER_QUEUE)
def open_candidate(run: str) -> dict[str, Any]:
    from warehouse.candidate import open_candidate as open_

    return open_(run)


@station(links=GATE_LINKS, pool=RESULTS_POOL, pool_slots=RESULTS_SLOTS, queue=WRITER_QUEUE, **SOON)
def check_marts(run: str) -> dict[str, Any]:
    from expectations.gate import check_marts as check

    return check(run)


@station(links=[Brief()], pool=WRITER_POOL, queue=WRITER_QUEUE, outlets=[PUBLICATION], **SOON)
def publish(run: str, outlet_events: Any = None) -> dict[str, Any]:
    from cli.stations import publish_rebuilding

    published = publish_rebuilding(run)
    outlet_events[PUBLICATION].extra = {
        "publication_id": published["publication_id"],
        "edition": published["edition"],
    }
    return published


with DAG(
    "daily_news",
    description="One edition: collect the outlets, find themes and entities, check, publish.",
    doc_md=runbook("daily_news"),
    schedule=DAILY_AT_FIVE if schedule_is_on() else None,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"on_failure_callback": [TaskFailed()]},
    tags=["broadsheet", "news", "daily"],
    params={
        "edition": Param(
            None,
            type=["null", "string"],
            format="date",
            description="The edition to run or replay, such as 2026-10-16; empty: today's.",
        ),
        "sources": Param(
            None,
            type=["null", "string"],
            description="Another sources file than config/sources.yml.",
        ),
    },
):
    with TaskGroup("collect", tooltip="Discover, fetch, archive, extract, land"):
        planned = plan()
        run = planned["run_id"]

        @task_group(tooltip="An outlet, or a shard of outlets")  # type: ignore[untyped-decorator]
        def outlet(shard: dict[str, Any]) -> None:
            fetched = fetch(run, shard=shard)
            fetched >> extract(run, shard=shard)

        outlets = outlet.expand(shard=planned)
        landed = land(run)
        checked_landing = check_landing(run)
        outlets >> landed >> checked_landing

    with TaskGroup("enrich", tooltip="Entities, themes with evidence, near-duplicates"):
        enriched = enrich.partial(run=run).expand(shard=landed)
        outdated = find_outdated(run)
        again = enrich_again.partial(run=run).expand(shard=outdated)
        grouped = group_texts(run)
        checked_landing >> enriched >> outdated >> again >> grouped

    with TaskGroup("build", tooltip="The candidate, and every table of it"):
        opened = open_candidate(run)
        tables = dbt_task_group("dbt")
        at_once = follow(tables, opened)
        one_by_one = EmptyOperator(task_id="every_model_ended", doc_md=EVERY_MODEL_ENDED)
        ready = EmptyOperator(
            task_id="tables_ready", doc_md=TABLES_READY, trigger_rule="one_success"
        )
        tables >> one_by_one
        [at_once, one_by_one] >> ready

    with TaskGroup("gate", tooltip="May this candidate be seen?"):
        checked_marts = check_marts(run)

    with TaskGroup("publish", tooltip="A new immutable file, and the symlink to it"):
        published = publish(run)

    grouped >> opened
    ready >> checked_marts >> published
