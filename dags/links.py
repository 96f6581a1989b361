"""Links on a task's page: what the gate found, its runbook, the brief of what it published.

Airflow keeps each as an XCom when the task has ended, also when it failed.
"""

from typing import Any
from urllib.parse import urlsplit

from airflow.sdk import BaseOperatorLink
from airflow.sdk.configuration import conf

from cli.airflow_api import segment

PAGES = "/broadsheet"


def _page(path: str) -> str:
    """The path of a page of the plugin, behind a proxy's prefix if any."""
    address = conf.get("api", "base_url", fallback="") or ""
    return f"{urlsplit(address).path.rstrip('/')}{PAGES}/{path}"


def _of_run(ti_key: Any, page: str) -> str:
    return _page(f"runs/{segment(ti_key.dag_id)}/{segment(ti_key.run_id)}/{page}")


class DataDocs(BaseOperatorLink):  # type: ignore[misc]
    """What the gate found in this run."""

    name = "Data Docs"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002
        """The Data Docs of the task's run."""
        return _of_run(ti_key, "data-docs")


class Runbook(BaseOperatorLink):  # type: ignore[misc]
    """What the task does, and what to do when it is red."""

    name = "Runbook"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002
        """The runbook that has the name of the task."""
        return _page(f"runbooks/{segment(ti_key.task_id.rpartition('.')[2])}")


class Brief(BaseOperatorLink):  # type: ignore[misc]
    """The brief of what this run published."""

    name = "Brief"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002
        """The brief of the task's run, once it is made."""
        return _of_run(ti_key, "brief")
