"""What Airflow knows of the runs that the pages are about: which exist, what started a brief."""

from collections.abc import Callable
from typing import Any

from airflow.models.dagrun import DagRun
from sqlalchemy import select

from cli.airflow_api import segment
from core.run_ids import PUBLISHING, file_id

_MOST_RUNS = 5000


def run_links(session: Any, airflow: str) -> Callable[[str], str | None]:
    """The page in Airflow of a run by its id in file names; None for one it does not know.

    `airflow` is the path of Airflow's UI, without a slash at its end.
    """
    publishing = select(DagRun.dag_id, DagRun.run_id).where(DagRun.dag_id.in_(PUBLISHING))
    newest = publishing.order_by(DagRun.id.desc()).limit(_MOST_RUNS)
    runs = {file_id(*one): tuple(one) for one in session.execute(newest)}

    def link(run_id: str) -> str | None:
        if run_id not in runs:
            return None
        dag_id, dag_run_id = runs[run_id]
        return f"{airflow}/dags/{dag_id}/runs/{segment(dag_run_id)}"

    return link


def announced(session: Any, dag_id: str, run_id: str) -> list[dict[str, str]]:
    """The publications that triggered a run: `publication_id` and `edition` of each, in order."""
    run = session.scalar(select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id))
    events = sorted(run.consumed_asset_events, key=lambda one: one.id) if run else []
    return [event.extra for event in events if "publication_id" in (event.extra or {})]
