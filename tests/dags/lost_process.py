"""Runs the failure callbacks of a task whose process was lost, as Airflow's DAG processor does.

    python -m tests.dags.lost_process dag-processor DAGS_FOLDER DAG_ID TASK_ID

It knows no exception, and less of the run than the task's own process did.
"""

import sys
from uuid import uuid4

RUN_ID = "manual__2026-11-22T07:30:00+00:00"


def main() -> None:
    import airflow_local_settings  # noqa: F401 - what the real processes import at their start
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.sdk.api.datamodels._generated import TaskInstance
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

    folder, dag_id, task_id = sys.argv[2:]
    bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
    task = bag.dags[dag_id].get_task(task_id)
    told = TaskInstance(
        id=uuid4(), task_id=task_id, dag_id=dag_id, run_id=RUN_ID,
        try_number=1, dag_version_id=uuid4(), map_index=-1,
    )  # fmt: skip
    lost = RuntimeTaskInstance.model_construct(**told.model_dump(exclude_unset=True), task=task)
    context = lost.get_template_context()
    for callback in task.on_failure_callback:
        callback(context)


if __name__ == "__main__":
    main()
