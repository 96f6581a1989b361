"""Links on a task's page: what the gate found, its runbook, the brief of what it published.

Airflow keeps each as an XCom when the task has ended, also when it failed.
"""

from typing import Any

from airflow.sdk import BaseOperatorLink

from cli.airflow_api import segment
from dags.addresses import airflow_path, pages_path


def _tab_of_run(ti_key: Any, page: str) -> str:
    """A tab that `plugins/broadsheet_ui.py` adds to the page of the task's run."""
    run = f"dags/{segment(ti_key.dag_id)}/runs/{segment(ti_key.run_id)}"
    return f"{airflow_path()}/{run}/plugin/broadsheet-run-{page}"


class DataDocs(BaseOperatorLink):  # type: ignore[misc]
    """What the gate found in this run."""

    name = "Data Docs"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002
        """The Data Docs of the task's run."""
        return _tab_of_run(ti_key, "data-docs")


class Runbook(BaseOperatorLink):  # type: ignore[misc]
    """What the task does, and what to do when it is red."""

    name = "Runbook"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002
        """The runbook that has the name of the task."""
        return f"{pages_path()}/runbooks/{segment(ti_key.task_id.rpartition('.')[2])}"


class Brief(BaseOperatorLink):  # type: ignore[misc]
    """The brief of what this run published."""

    name = "Brief"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002
        """The brief of the task's run, once it is made."""
        return _tab_of_run(ti_key, "brief")
