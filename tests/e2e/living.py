"""An Airflow that stays up with its schedule on, as after `make up`; what tests ask of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.airflow_api import segment
from cli.airflow_env import environment, free_port, prepare
from cli.airflow_processes import Airflow, airflow, local_site
from cli.run import wait_for_dags
from core.config import load_sources
from core.home import Home

SECONDS = 800
ENDED = {"success", "failed"}


@dataclass(frozen=True)
class Living:
    """The API of an Airflow that runs, its home, and the port of its UI."""

    flow: Airflow
    home: Home
    port: int

    def trigger(self, dag: str, **conf: Any) -> str:
        body = {"logical_date": None, "conf": conf}
        run: str = self.flow.api.post(f"/dags/{dag}/dagRuns", body)["dag_run_id"]
        return run

    def runs(self, dag: str, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.flow.api.get(f"/dags/{dag}/dagRuns", **query)["dag_runs"]
        return found

    def wait(self, dag: str, count: int) -> dict[str, str]:
        """Wait until `count` runs of the DAG have ended and none is on; their states by id.

        The schedule's own runs are ended at once: whether there is one depends on the hour.
        """
        deadline = time.monotonic() + SECONDS
        while True:
            runs = self.runs(dag)
            for one in runs:
                if one["run_type"] == "scheduled" and one["state"] not in ENDED:
                    path = f"/dags/{dag}/dagRuns/{segment(one['dag_run_id'])}"
                    self.flow.api.patch(path, {"state": "failed"})
            wanted = (one for one in runs if one["run_type"] != "scheduled")
            states = {run["dag_run_id"]: run["state"] for run in wanted}
            if len(states) >= count and set(states.values()) <= ENDED:
                return states
            self.flow.processes.require_alive()
            assert time.monotonic() < deadline, states
            time.sleep(1)

    def tasks(self, dag: str, run: str) -> dict[str, str]:
        """The state of each task of a run; of a mapped one, of its last instance."""
        path = f"/dags/{dag}/dagRuns/{segment(run)}/taskInstances"
        found = self.flow.api.get(path, limit=1000)["task_instances"]
        return {one["task_id"]: one["state"] for one in found}

    def wait_for_task(self, dag: str, run: str, task: str, state: str) -> None:
        deadline = time.monotonic() + SECONDS
        while (tasks := self.tasks(dag, run)).get(task) != state:
            failed = {name for name, one in tasks.items() if one == "failed"}
            assert not failed, (failed, self.log(dag, run, min(failed)))
            self.flow.processes.require_alive()
            assert time.monotonic() < deadline, tasks
            time.sleep(1)

    def log(self, dag: str, run: str, task: str) -> str:
        logs = self.home.airflow / "logs" / f"dag_id={dag}" / f"run_id={run}"
        files = sorted((logs / f"task_id={task}").rglob("*.log"))
        return "\n".join(file.read_text("utf-8", "replace") for file in files)


@contextmanager
def living(home: Home, sources: Path, *dags: str) -> Iterator[Living]:
    """Start Airflow on the newsroom, with these DAGs switched on; stop it at the end."""
    newsroom = load_sources(sources)
    folder = sources.parent / newsroom.local_site if newsroom.local_site else None
    port = free_port()
    variables = {**environment(home, port), "BROADSHEET_SOURCES": str(sources)}
    with local_site(folder, free_port(), home.airflow / "logs" / "processes") as site:
        if site:
            variables["BROADSHEET_LOCAL_SITE"] = site
        prepare(home, variables)
        with airflow(home, variables) as flow:
            wait_for_dags(flow)
            for dag in dags:
                flow.api.patch(f"/dags/{dag}", {"is_paused": False})
            yield Living(flow, home, port)
