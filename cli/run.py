"""`broadsheet run`: one edition through a real Airflow, started for it and stopped after it."""

import json
import signal
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from cli.airflow_api import AirflowApi, ServerFault, segment
from cli.airflow_env import environment, free_port, prepare
from cli.airflow_processes import Airflow, airflow, local_site
from cli.headlines import print_headlines
from cli.progress import ENDED, Progress, label_of
from core.alerts import load_alerts
from core.config import PROJECT_ROOT, config_folder, load_sources
from core.errors import BroadsheetError, HomeError
from core.files import exclusive_lock
from core.home import Home
from core.plan import resolve_edition
from core.run_ids import NEWS, REPROCESS

BRIEF = "daily_brief"
DAGS = (NEWS, BRIEF, "collect_news", "publication_deadline", REPROCESS)
GROUPS = ("collect", "enrich", "build", "gate", "publish")
POLL_SECONDS = 2.5  # each question costs Airflow a quarter of a second
DAG_SECONDS = 120
EVENT_SECONDS = 60


class RunFailed(BroadsheetError):
    """The edition was not published, or its brief was not written; the text says where and why."""


def run(edition: str | None, sources: Path | None) -> int:
    """Run one edition and print its headline numbers; 0 when it published and wrote the brief.

    Raises:
        BroadsheetError: it did not, in one sentence for a person.
    """
    console = Console(highlight=False)
    home = Home.from_environment().require_writable()
    given = (sources or config_folder() / "sources.yml").resolve()
    newsroom = load_sources(given)
    load_alerts()  # a fault in it would keep the DAG of the deadline from being read
    resolve_edition(edition, newsroom, None, datetime.now(UTC))
    folder = given.parent / newsroom.local_site if newsroom.local_site else None
    with exclusive_lock(home.run_lock, refuse=lambda: busy(home)):
        signal.signal(signal.SIGTERM, leave)
        logs = home.airflow / "logs" / "processes"
        with local_site(folder, free_port(), logs) as site:
            variables = {**environment(home, free_port()), "BROADSHEET_SCHEDULE": "off"}
            if site:
                variables["BROADSHEET_LOCAL_SITE"] = site
            console.print(f"Starting Airflow in {home.airflow} …", soft_wrap=True)
            prepare(home, variables)
            with airflow(home, variables) as flow:
                conf = {"edition": edition, "sources": str(given) if sources else None}
                publication_id, day = run_edition(flow, console, home, conf)
    print_headlines(console, home, publication_id, day)
    return 0


def leave(_number: int, _frame: object) -> None:
    """End on SIGTERM as on Ctrl-C: what was started is stopped first."""
    raise SystemExit(143)


def busy(home: Home) -> HomeError:
    """What a second run at the same moment is told."""
    return HomeError(
        f"another run or 'make up' is using {home.root}; wait for it, or end it "
        "('make down'), or name another folder in BROADSHEET_HOME. If a server uses it, trigger "
        "daily_news there instead (docs/server.md)."
    )


def run_edition(
    flow: Airflow, console: Console, home: Home, conf: dict[str, str | None]
) -> tuple[str, date]:
    """Trigger `daily_news`, wait for it and for the brief; the publication's id and edition."""
    api = flow.api
    wait_for_dags(flow)
    fail_leftovers(api)
    for dag in (NEWS, BRIEF):
        api.patch(f"/dags/{dag}", {"is_paused": False})
    conf = {name: value for name, value in conf.items() if value}
    run_id = api.post(f"/dags/{NEWS}/dagRuns", {"logical_date": None, "conf": conf})["dag_run_id"]
    console.print(f"Run {run_id}; Airflow's UI meanwhile: {api.address}", soft_wrap=True)
    with Progress(console, [*GROUPS, "brief"]) as progress:
        news = wait_for_run(flow, NEWS, run_id, progress)
        if news["state"] != "success":
            raise RunFailed(explain(home, NEWS, run_id, news["tasks"]))
        event = publication_event(api, run_id)
        for brief_id in event["briefs"]:
            brief = wait_for_run(flow, BRIEF, brief_id, progress)
            if brief["state"] != "success":
                raise RunFailed(explain(home, BRIEF, brief_id, brief["tasks"]))
    return event["publication_id"], date.fromisoformat(event["edition"])


def wait_for_dags(flow: Airflow) -> None:
    """Wait until all DAGs were parsed by the Airflow that was just started."""
    deadline = time.monotonic() + DAG_SECONDS
    while True:
        flow.processes.require_alive()
        dags = {dag["dag_id"]: dag["last_parsed_time"] for dag in flow.api.get("/dags")["dags"]}
        parsed = [datetime.fromisoformat(dags[dag]) for dag in DAGS if dags.get(dag)]
        if len(parsed) == len(DAGS) and min(parsed) > flow.started:
            return
        errors = flow.api.get("/importErrors")["import_errors"]
        if errors and datetime.fromisoformat(errors[0]["timestamp"]) > flow.started:
            said = errors[0]["stack_trace"].strip().splitlines()[-1]
            raise HomeError(f"Airflow cannot read {errors[0]['filename']}: {said}")
        if time.monotonic() > deadline:
            raise HomeError(f"Airflow did not read the DAGs in {DAG_SECONDS} s; see its logs.")
        time.sleep(0.5)


def fail_leftovers(api: AirflowApi) -> None:
    """Mark runs failed that a runner left unfinished when it was cut off.

    Not those that wait for a person: they go on when Airflow is up again.
    """
    for dag in set(DAGS) - {REPROCESS}:
        for state in ("running", "queued"):
            for left in api.get(f"/dags/{dag}/dagRuns", state=state)["dag_runs"]:
                path = f"/dags/{dag}/dagRuns/{segment(left['dag_run_id'])}"
                api.patch(path, {"state": "failed", "note": "cut off; run again by hand"})


def wait_for_run(flow: Airflow, dag: str, run_id: str, progress: Progress) -> dict[str, Any]:
    """Show a DAG run until it ends; its state and task instances."""
    path = f"/dags/{dag}/dagRuns/{segment(run_id)}"
    tasks: dict[tuple[str, int], dict[str, Any]] = {}
    seen = datetime.min.replace(tzinfo=UTC)
    while True:
        flow.processes.require_alive()
        asked = datetime.now(UTC) - timedelta(seconds=1)
        changed = flow.api.get(f"{path}/taskInstances", limit=1000, updated_at_gte=seen.isoformat())
        for one in changed["task_instances"]:
            if one["map_index"] == 0:  # what stood for the mapped task until it was expanded
                tasks.pop((one["task_id"], -1), None)
            tasks[one["task_id"], one["map_index"]] = one
        seen = asked
        progress.show(dag, list(tasks.values()))
        if all(one["state"] in ENDED for one in tasks.values()):
            state = flow.api.get(path)["state"]
            if state in {"success", "failed"}:
                return {"state": state, "tasks": list(tasks.values())}
        time.sleep(POLL_SECONDS)


def publication_event(api: AirflowApi, run_id: str) -> dict[str, Any]:
    """The publication that the run announced, and the brief's runs that it started."""
    deadline = time.monotonic() + EVENT_SECONDS
    query = {"source_dag_id": NEWS, "source_run_id": run_id}
    events: list[dict[str, Any]] = []
    while True:
        # Airflow 3.3 answers 500 as long as a run that the event created waits for its start.
        with suppress(ServerFault):
            events = api.get("/assets/events", **query)["asset_events"]
        started = [one["run_id"] for event in events for one in event["created_dagruns"]]
        if started:
            extra = events[-1]["extra"]
            return {
                "publication_id": extra["publication_id"],
                "edition": extra["edition"],
                "briefs": started,
            }
        if time.monotonic() > deadline:
            what = "was published, but no brief was started" if events else "published nothing"
            raise RunFailed(f"The run {run_id} ended well, yet it {what}; see its log in Airflow.")
        time.sleep(0.5)


def explain(home: Home, dag: str, run_id: str, tasks: list[dict[str, Any]]) -> str:
    """Which tasks failed, with their last words, the log and the runbook."""
    failed = [task for task in tasks if task["state"] == "failed"]
    told = [_explain_task(home, dag, run_id, task) for task in failed[:5]]
    waiting = sum(task["state"] not in ENDED for task in tasks)
    rest = f" ({waiting} tasks did not end)" if waiting else ""
    kept = "what was published before is untouched"
    return f"{dag} failed{rest}; {kept}.\n" + "\n".join(told)


def _explain_task(home: Home, dag: str, run_id: str, task: dict[str, Any]) -> str:
    log = _log_folder(home, dag, run_id, task) / f"attempt={task['try_number']}.log"
    name = str(task["task_id"]).rpartition(".")[2]
    book = PROJECT_ROOT / "docs" / "runbooks" / f"{name}.md"
    if not book.exists():
        book = book.with_name("dbt.md")
    return f"  {label_of(task)}: {last_words(log)}\n    log: {log}\n    what to do: {book}"


def _log_folder(home: Home, dag: str, run_id: str, task: dict[str, Any]) -> Path:
    folder = home.airflow / "logs" / f"dag_id={dag}" / f"run_id={run_id}"
    folder /= f"task_id={task['task_id']}"
    return folder / f"map_index={task['map_index']}" if task["map_index"] >= 0 else folder


def last_words(log: Path) -> str:
    """The message of the last error in a task's log (JSON lines)."""
    if not log.exists():
        return "it ended before it could write a log"
    words = "it failed without a word"
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if record.get("error_detail"):
            words = str(record["error_detail"][-1].get("exc_value") or words)
        elif record.get("level") in {"error", "critical"}:
            words = str(record.get("event") or words)
    return words
