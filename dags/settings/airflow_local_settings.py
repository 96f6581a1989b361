"""Imported once by the processes that parse DAGs or fork workers, so that no task imports Cosmos.

Airflow looks for a module of this name on the path; `cli/airflow_env.py` puts this folder there.
"""

import sys

if {"scheduler", "dag-processor"} & set(sys.argv):
    import cosmos.airflow.task_group
    import cosmos.converter
    import cosmos.operators.watcher  # noqa: F401
