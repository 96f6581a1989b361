"""Links on a task's page: what the gate found, its runbook, the brief of what it published.

Airflow keeps each as an XCom when the task has ended, also when it failed.
"""

from typing import Any
from urllib.parse import urlsplit

from airflow.sdk import BaseOperatorLink
from airflow.sdk.configuration import conf

from cli.airflow_api import segment

PAGES = "/broadsheet"


def _airflow() -> str:
    """The path of Airflow's UI, behind a proxy's prefix if any, without a slash at its end."""
    address = conf.get("api", "base_url", fallback="") or ""
    return urlsplit(address).path.rstrip("/")


def _tab_of_run(ti_key: Any, page: str) -> str:
    """A tab that `plugins/broadsheet_ui.py` adds to the page of the task's run."""
    run = f"dags/{segment(ti_key.dag_id)}/runs/{segment(ti_key.run_id)}"
    return f"{_airflow()}/{run}/plugin/broadsheet-run-{page}"


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
        return f"{_airflow()}{PAGES}/runbooks/{segment(ti_key.task_id.rpartition('.')[2])}"


class Brief(BaseOperatorLink):  # type: ignore[misc]
    """The brief of what this run published."""

    name = "Brief"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002
        """The brief of the task's run, once it is made."""
        return _tab_of_run(ti_key, "brief")
