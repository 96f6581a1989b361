"""Editions replayed with another taxonomy: what would change is shown, a person decides.

`run` is the replay's id in file names, made by `plan_replay`; Airflow's own `run_id` is another.
"""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLBranchOperator
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowSkipException

from dags.addresses import pages_path
from dags.notify import TaskFailed
from dags.wiring import DEFAULT_ARGS, WRITER_POOL, WRITER_QUEUE, runbook, station

APPROVE, REJECT = "Approve", "Reject"
PATIENCE = timedelta(days=7)  # a candidate is kept for 14 days
OF_EDITION = "{{ task.op_kwargs['one']['edition'] }}"
FILES = ("themes", "entities", "sources")


class Approval(HITLBranchOperator):  # type: ignore[misc]
    """Waits for a person, and hands on who decided and why."""

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Push `by` and `why`, then go on with the task that was chosen, which ends this one."""
        user = event.get("responded_by_user") or {}
        context["ti"].xcom_push("by", user.get("name") or user.get("id") or "")
        context["ti"].xcom_push("why", (event.get("params_input") or {}).get("why") or "")
        return super().execute_complete(context, event)


@station()
def plan_replay(dag_run: Any = None, params: Any = None, ti: Any = None) -> list[dict[str, str]]:
    import os

    from cli.reprocessing import plan

    files = {name: params[name] for name in FILES}
    files["sources"] = files["sources"] or os.environ.get("BROADSHEET_SOURCES")
    planned = plan(
        dag_run.run_id,
        editions=params["editions"],
        first=params["first"],
        last=params["last"],
        files=files,
    )
    ti.xcom_push("run_id", planned["run_id"])
    ti.xcom_push("editions", planned["editions"])
    runs: list[dict[str, str]] = planned["runs"]
    return runs


@station(max_active_tis_per_dagrun=2, map_index_template=OF_EDITION)
def rebuild_edition(one: dict[str, str]) -> None:
    from cli.reprocessing import rebuild

    rebuild(one["run"])


@station()
def group_editions(run: str) -> None:
    from cli.reprocessing import group

    group(run)


@station(pool=WRITER_POOL, queue=WRITER_QUEUE)
def show(run: str) -> str:
    from cli.reprocessing import show as show_

    text: str = show_(run, f"{pages_path()}/reports")
    if not text:
        raise AirflowSkipException("It says the same as what is published; there is nothing to do.")
    return text


@station(pool=WRITER_POOL, queue=WRITER_QUEUE)
def publish_replay(run: str, by: str, why: str) -> dict[str, str]:
    from cli.reprocessing import UNKNOWN, publish

    return publish(run, by or UNKNOWN, why or "Approved in Airflow.")


@station()
def discard_replay(run: str, by: str, why: str) -> dict[str, str]:
    from cli.reprocessing import UNKNOWN, discard

    return discard(run, by or UNKNOWN, why or "Not approved.")


with DAG(
    "reprocess",
    description="Editions replayed with another taxonomy, published if a person approves.",
    doc_md=runbook("reprocess"),
    schedule=None,
    catchup=False,
    max_active_runs=4,
    default_args=DEFAULT_ARGS | {"on_failure_callback": [TaskFailed()]},
    tags=["broadsheet", "news"],
    params={
        "editions": Param(
            [],
            type="array",
            items={"type": "string", "format": "date"},
            description="The editions to replay, one a line, such as 2026-10-16.",
        ),
        "first": Param(
            None,
            type=["null", "string"],
            format="date",
            description="With `last`: all editions that were collected between these days.",
        ),
        "last": Param(None, type=["null", "string"], format="date"),
        "themes": Param(
            None,
            type=["null", "string"],
            description="Another taxonomy than config/themes.yml: its path on this machine.",
        ),
        "entities": Param(
            None,
            type=["null", "string"],
            description="Another gazetteer than config/entities.yml.",
        ),
        "sources": Param(
            None,
            type=["null", "string"],
            description="Another sources file than config/sources.yml.",
        ),
    },
):
    planned = plan_replay()
    run = planned["run_id"]
    rebuilt = rebuild_edition.expand(one=planned)
    grouped = group_editions(run)
    shown = show(run)
    approve = Approval(
        task_id="approve",
        doc_md=runbook("approve"),
        subject="Publish {{ ti.xcom_pull(task_ids='plan_replay', key='editions') }} as replayed?",
        body="{{ ti.xcom_pull(task_ids='show') }}",
        options=[APPROVE, REJECT],
        options_mapping={APPROVE: "publish_replay", REJECT: "discard_replay"},
        defaults=[REJECT],
        response_timeout=PATIENCE,
        execution_timeout=None,
        params={"why": Param("", type="string", description="Why, for whoever reads it later.")},
    )
    decided = {"by": approve.output["by"], "why": approve.output["why"]}
    rebuilt >> grouped >> shown >> approve
    approve >> [publish_replay(run, **decided), discard_replay(run, **decided)]
