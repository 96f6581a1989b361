"""Reads the DAGs as Airflow does, in a process of its own, and prints what it found as JSON."""

import json
import logging
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEAVY = ("duckdb", "polars", "pyarrow", "spacy", "great_expectations", "trafilatura", "altair")


def describe_task(task: Any) -> dict[str, Any]:
    return {
        "owner": task.owner,
        "pool": task.pool,
        "pool_slots": task.pool_slots,
        "queue": task.queue,
        "retries": task.retries,
        "backoff": task.retry_exponential_backoff,
        "seconds_allowed": task.execution_timeout and task.execution_timeout.total_seconds(),
        "doc": task.doc_md or "",
        "upstream": sorted(task.upstream_task_ids),
        "trigger_rule": getattr(task.trigger_rule, "value", task.trigger_rule),
        "name_template": getattr(task, "map_index_template", None),
        "kind": type(task).__name__,
        "deferrable": getattr(task, "deferrable", False),
        "outlets": [asset.uri for asset in task.outlets],
        "env": getattr(task, "env", None),
        "links": [link.name for link in task.operator_extra_links],
        "told_of_failure": _names(task.on_failure_callback),
        "told_of_success": _names(task.on_success_callback),
    }


def _names(callbacks: Any) -> list[str]:
    return [type(one).__name__ for one in callbacks or ()]


def describe_dag(dag: Any) -> dict[str, Any]:
    """What the tests ask about; ValueError where the grid could not be drawn.

    Tasks without a cycle can lie in groups with one, which Airflow's UI answers with an error.
    """
    for group in dag.task_group_dict.values():
        group.topological_sort()
    return {
        "tags": sorted(dag.tags),
        "doc": dag.doc_md or "",
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "params": {name: dag.params.get_param(name).schema for name in dag.params},
        "timetable": repr(dag.timetable),
        "first_run": first_run(dag.timetable),
        "assets": [asset.uri for asset in getattr(dag.timetable.asset_condition, "objects", [])],
        "groups": sorted(group for group in dag.task_group_dict if group),
        "tasks": {task.task_id: describe_task(task) for task in dag.tasks},
    }


def first_run(timetable: Any) -> str | None:
    """When a schedule starts that is switched on a minute after its last hour before NOON.

    None for one without hours.
    """
    import pendulum
    from airflow.serialization.decoders import decode_timetable
    from airflow.serialization.encoders import encode_timetable
    from airflow.timetables import trigger

    read = decode_timetable(encode_timetable(timetable))
    if not isinstance(read, trigger.CronTriggerTimetable):
        return None
    soon = read._align_to_prev(pendulum.instance(NOON)) + timedelta(minutes=1)
    with patch.object(trigger, "utcnow", lambda: soon):
        return str(read._calc_first_run())


def main() -> None:
    """Print {"errors", "seconds", "heavy", "dags"}; importing Airflow itself is not counted."""
    logging.disable(logging.WARNING)
    import airflow_local_settings  # noqa: F401 - what the real processes import at their start
    from airflow.dag_processing.dagbag import BundleDagBag

    folder = sys.argv[2]
    started = time.process_time()
    bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
    seconds = time.process_time() - started
    found = {
        "errors": bag.import_errors,
        "seconds": seconds,
        "heavy": [name for name in HEAVY if name in sys.modules],
        "dags": {name: describe_dag(dag) for name, dag in bag.dags.items()},
    }
    print("\n" + json.dumps(found, default=str))


if __name__ == "__main__":
    main()
