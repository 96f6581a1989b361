"""What every DAG here shares: tasks whose documentation is their runbook, and the publication."""

import functools
import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import Asset, BaseOperatorLink, task
from airflow.sdk.exceptions import AirflowFailException

from core.errors import BroadsheetError
from core.files import disk_told
from core.home import Home

RUNBOOKS = Path(__file__).parent.parent / "docs" / "runbooks"
OWNER = "newsroom-data"
WRITER_POOL = "duckdb_writer"
RESULTS_POOL = "dbt_results"
RESULTS_SLOTS = 4  # all of the pool, as in settings/airflow.yml
WRITER_QUEUE = "writer"  # of the one host that opens candidates, where Celery runs the tasks
NOT_WHAT_WAS_MISSED = timedelta(0)
"""For `run_immediately`: a DAG that is switched on waits for its hour. Airflow's `False` starts the
last one at once within a tenth of the period, 2.4 hours for a daily one."""
PUBLICATION = Asset(name="publication", uri="broadsheet://publication")

DEFAULT_ARGS: dict[str, Any] = {
    "owner": OWNER,
    "retries": 2,
    "retry_delay": timedelta(seconds=20),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "execution_timeout": timedelta(hours=2),
}


def runbook(name: str) -> str:
    """The Markdown of `docs/runbooks/<name>.md`: what the task does, what to do when it is red."""
    return (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")


def station(
    *, links: Sequence[BaseOperatorLink] = (), **options: Any
) -> Callable[[Callable[..., Any]], Any]:
    """Make a function a task; its runbook is its documentation, `links` stand on its page.

    A BroadsheetError fails the task for good: another try would meet the same bad input, verdict
    or full disk. Anything else (a network, a lost process) is retried.
    """

    def decorate(body: Callable[..., Any]) -> Any:
        @functools.wraps(body)
        def run(*args: Any, **kwargs: Any) -> Any:
            try:
                with disk_told(Home.from_environment().root):
                    return body(*args, **kwargs)
            except BroadsheetError as error:
                raise AirflowFailException(str(error)) from None

        made = task(doc_md=runbook(body.__name__), **options)(run)
        return _with_links(made, links) if links else made

    return decorate


def _with_links(made: Callable[..., Any], links: Sequence[BaseOperatorLink]) -> Callable[..., Any]:
    """The task with links of its own: an operator takes them as an attribute only."""

    def call(*args: Any, **kwargs: Any) -> Any:
        result = made(*args, **kwargs)
        result.operator.operator_extra_links = links
        return result

    return call


def schedule_is_on() -> bool:
    """False while the command line runs one edition: then nothing else may start."""
    return os.environ.get("BROADSHEET_SCHEDULE", "on") != "off"
