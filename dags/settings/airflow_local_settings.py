"""What every task process needs to read the DAGs, imported once, by the processes that fork them.

Airflow imports a module of this name when it starts; `cli/airflow_env.py` puts this folder on its
path. Without it each of the hundred tasks of a run spends half a second on the same imports.
"""

import sys
from importlib import import_module
from multiprocessing import current_process
from typing import Any

FORKING_TASKS = {"scheduler", "celery"}
FORKING = FORKING_TASKS | {"dag-processor"}
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
OF_THE_GATES = "great_expectations"  # over two seconds for each of the two gates of an edition


def let_tasks_have_children(**_: Any) -> None:
    """Called in each process of a Celery worker's pool, whose daemons could start no process.

    A task has processes of its own: the cage of a parser, for one.
    """
    current_process().daemon = False


if FORKING & set(sys.argv):
    for name in SHARED:
        import_module(name)

if FORKING_TASKS & set(sys.argv):
    import_module(OF_THE_GATES)

if "celery" in sys.argv:
    import_module("celery.signals").worker_process_init.connect(let_tasks_have_children)
