"""The dbt project as Airflow tasks: one `dbt build`, and a task per model and per tested mart.

Cosmos runs a single `dbt build` (the producer, in the writer pool); the other tasks tell how
each model and each mart's tests ended. They start when the producer has ended, so that none
holds a worker while it waits; where it ended well, the gate goes first and takes all slots of their
pool, so that sixty small processes do not share its cores. If the producer was lost (killed,
retried), each of them builds its own model instead; the writer lock that every dbt process takes
lets one write at a time.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import BaseOperator, TaskGroup, TriggerRule
from airflow.sdk.exceptions import AirflowException
from cosmos import DbtTaskGroup, ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
from cosmos.constants import ExecutionMode, InvocationMode, LoadMode, TestBehavior

from core.config import DBT_PROJECT
from core.home import Home
from dags.wiring import OWNER, RESULTS_POOL, WRITER_POOL, WRITER_QUEUE, runbook

RUN_ID = "{{ ti.xcom_pull(task_ids='collect.plan', key='run_id') }}"
PRODUCER = "dbt_producer_watcher"
GATE_GOES_FIRST = (
    "Gives the gate the time to take the pool `dbt_results` before the tasks that tell how each "
    "model ended; analysts wait for the gate, nobody waits for those."
)


def environment(home: Home, run_id: str) -> dict[str, str]:
    """The variables of the dbt profile for one run; `run_id` may be a template."""
    return {
        "BROADSHEET_CANDIDATE": str(home.candidate(run_id)),
        "BROADSHEET_SCRATCH": str(home.scratch(run_id)),
        "BROADSHEET_WRITER_LOCK": str(home.writer_lock),
    }


def manifest(home: Home) -> Path:
    """The project's parsed manifest, which the command line makes before Airflow starts.

    Raises:
        AirflowException: it is not there; shown as an import error of the DAG.
    """
    path = home.airflow / "dbt" / "manifest.json"
    if not path.exists():
        raise AirflowException(
            f"{path} is missing; 'make run' and 'make up' make it, or: "
            "python -m cli.airflow_env makes it alone."
        )
    return path


def dbt_task_group(group_id: str) -> DbtTaskGroup:
    """The task group of the dbt project; add its upstream with `follow`."""
    home = Home.from_environment()
    group = DbtTaskGroup(
        group_id=group_id,
        project_config=ProjectConfig(
            dbt_project_path=DBT_PROJECT,
            manifest_path=manifest(home),
            project_name="broadsheet",
            env_vars=environment(home, RUN_ID),
            install_dbt_deps=False,
        ),
        profile_config=ProfileConfig(
            profile_name="broadsheet",
            target_name="candidate",
            profiles_yml_filepath=DBT_PROJECT / "profiles.yml",
        ),
        execution_config=ExecutionConfig(
            execution_mode=ExecutionMode.WATCHER,
            # In a process of its own dbt reports results only; inside the task Cosmos stores
            # every event of every node, five times as many requests to Airflow.
            invocation_mode=InvocationMode.SUBPROCESS,
            setup_operator_args={
                "pool": WRITER_POOL,
                "pre_execute": None,
                "dbt_cmd_flags": ["--exclude-resource-type", "unit_test"],
            },
        ),
        render_config=_task_per_model(),
        operator_args={
            "owner": OWNER,
            "pool": RESULTS_POOL,
            "retries": 1,
            "retry_delay": timedelta(seconds=10),
            "append_env": True,
            "deferrable": False,
            "poke_interval": 2,
            "timeout": 3600,
            "pre_execute": _rebuild_only_what_was_lost,
        },
    )
    for task in group.iter_tasks():
        task.doc_md = task.doc_md or runbook("dbt")
        task.queue = WRITER_QUEUE
    _drop_empty_groups(group)
    return group


def _task_per_model() -> RenderConfig:
    return RenderConfig(
        load_method=LoadMode.DBT_MANIFEST,
        test_behavior=TestBehavior.AFTER_EACH,
        # An ephemeral model is inlined by dbt: nothing is built, so nothing is reported.
        exclude=["config.materialized:ephemeral"],
        group_nodes_by_folder=True,
        emit_datasets=False,
        enable_owner_inheritance=False,
    )


def _rebuild_only_what_was_lost(context: Any) -> None:
    """Let a model's task that is tried again read its result, if the build ended well.

    Cosmos builds a model anew at every second try, and the gate may be reading the candidate by
    now. It tells a second try by its number alone.
    """
    ti = context["ti"]
    if ti.try_number == 1:
        return
    producer = f"{ti.task_id.partition('.dbt.')[0]}.dbt.{PRODUCER}"
    states = ti.get_task_states(ti.dag_id, task_ids=[producer], run_ids=[ti.run_id])
    if states.get(ti.run_id, {}).get(producer) == "success":
        ti.try_number = 1


def _drop_empty_groups(group: TaskGroup) -> None:
    """Take folders without a task (of ephemeral models) out of the grid."""
    for name, child in list(group.children.items()):
        if isinstance(child, TaskGroup):
            _drop_empty_groups(child)
            if not child.children:
                del group.children[name]


def follow(group: DbtTaskGroup, opened: object) -> BaseOperator:
    """Run the group's producer after `opened`, and its first models a turn after the producer.

    A producer that failed is skipped on its second try: they run then as well, to show which
    model failed or to build what was lost, but not if `opened` failed: there is no candidate.
    Returns the producer: where it ends well every table is built and tested.
    """
    tasks = list(group.iter_tasks())
    inside = {task.task_id for task in tasks}
    producer = next(task for task in tasks if task.task_id.endswith(PRODUCER))
    first = [task for task in tasks if task is not producer and not task.upstream_task_ids & inside]
    producer.set_upstream(opened)
    turn = EmptyOperator(
        task_id="gate_goes_first",
        doc_md=GATE_GOES_FIRST,
        trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        task_group=group,  # outside it the grid would see a group that waits for itself
    )
    [opened, producer] >> turn >> first
    return producer
