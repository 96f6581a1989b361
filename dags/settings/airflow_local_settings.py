"""What every task process needs to read the DAGs, imported once, by the processes that fork them.

Airflow imports a module of this name when it starts; `cli/airflow_env.py` puts this folder on its
path. Without it each of the hundred tasks of a run spends half a second on the same imports.
"""

import sys
from importlib import import_module

FORKING = {"scheduler", "dag-processor", "celery"}
SHARED = (
    "airflow.providers.common.io.assets.file",
    "airflow.providers.openlineage.extractors.manager",
    "airflow.providers.openlineage.plugins.listener",
    "airflow.providers.standard.decorators.python",
    "airflow.sdk.definitions.decorators.task_group",
    "cosmos.airflow.task_group",
    "cosmos.converter",
    "cosmos.operators.watcher",
    "cosmos.plugin.airflow3",
    "packaging.requirements",
)

if FORKING & set(sys.argv):
    for name in SHARED:
        import_module(name)
