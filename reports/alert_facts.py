"""What an alert is made of: the verdicts of a run, its silent outlets, what is served now.

Read from files and the served publication; an alert is also sent where these are missing or
damaged, since that may be what it is about.
"""

from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from core.alerts import AlertKind, Alerts
from core.config import PROJECT_ROOT
from core.errors import BroadsheetError
from core.home import Home
from core.plan import Run, load_run
from core.run_ids import REPROCESS
from reports.alerts import Alert, Failure, one_line
from reports.lists import open_publication

RUNBOOKS = PROJECT_ROOT / "docs" / "runbooks"
_DBT = "dbt"
_NOT_LISTED = ("recheck", "deferred")
_BATCHES = {"check_landing": "the landed batch", "check_marts": "the built tables"}
_PUBLISHING = {"publish": "the publication failed", "publish_replay": "a replay was not published"}


@dataclass(frozen=True)
class Task:
    """A task of a DAG run, by the run's id in file names; `link` leads to it in Airflow's UI."""

    dag_id: str
    run_id: str
    task_id: str
    link: str | None = None

    @property
    def station(self) -> str:
        """The name of its runbook: its own, or one for all tasks of dbt."""
        return _DBT if f".{_DBT}." in self.task_id else self.task_id.rpartition(".")[2]


@dataclass(frozen=True)
class Served:
    """What readers see: the publication, and the editions in it (empty if they cannot be read)."""

    publication_id: str | None
    editions: frozenset[date] = frozenset()
    is_there: bool = True

    @property
    def sentence(self) -> str:
        if self.publication_id is None:
            return "Nothing has been published yet; readers see no warehouse."
        if not self.is_there:
            return f"{self.publication_id} should be served, but its file is gone; restore it."
        of = f" of {max(self.editions)}" if self.editions else ""
        return f"{self.publication_id}{of} is still served to readers."


def served(home: Home) -> Served:
    """What the symlink names now; never raises."""
    if not home.warehouse.is_symlink():
        return Served(None)
    path = home.warehouse.resolve()
    if not path.is_file():
        return Served(path.stem, is_there=False)
    try:
        with open_publication(path) as connection:
            rows = connection.execute("select edition from meta.edition").fetchall()
    except duckdb.Error:
        return Served(path.stem)
    return Served(path.stem, frozenset(edition for (edition,) in rows))


def failed_task(
    home: Home, task: Task, error: str, settings: Alerts, edition: date | None = None
) -> Alert:
    """The alert of a task that failed for good; `error` is empty where its process was lost.

    The gate's failed expectations are told one by one; `edition` is needed where the run has no
    plan.
    """
    run = _planned(home, task.run_id)
    failures = _refusal(run, error)
    day = run.edition if run else edition
    kind, what, todo = _told(task, failures, day)
    return Alert(
        kind=kind,
        edition=day,
        what=what,
        served=served(home).sentence,
        todo=todo,
        about=task.station + (one_line(error) if kind == "failed_publish" else ""),
        scope=task.run_id,
        reason="" if failures else error or "Its process was lost: killed, or out of memory.",
        failures=failures,
        silent=silent_outlets(run) if run and failures else (),
        link=task.link,
        runbook=runbook(task.station, settings),
    )


def _told(
    task: Task, failures: tuple[Failure, ...], day: date | None
) -> tuple[AlertKind, str, str]:
    """Kind of the alert, what happened in a few words, what to do."""
    clear = f"mend the cause, then clear the task {task.task_id} of {task.dag_id} in Airflow."
    if failures:
        names = ", ".join(one.expectation for one in failures[:3])
        more = f" and {len(failures) - 3} more" if len(failures) > 3 else ""
        refused = "the replay" if task.dag_id == REPROCESS else "the edition"
        what = f"the gate refused {_BATCHES.get(task.station, refused)} ({names}{more})"
        todo = f"read 'broadsheet gate explain {day}' or the log of the task and decide whether "
        return "failed_gate", what, todo + f"the world is odd or we are wrong; {clear}"
    if task.station in _PUBLISHING:
        return "failed_publish", _PUBLISHING[task.station], clear
    return "failed_task", f"the task {task.station} of {task.dag_id} failed", clear


def silence(home: Home, task: Task, settings: Alerts) -> Alert | None:
    """One warning for all outlets that showed nothing in the run's edition; None if none is."""
    run = _planned(home, task.run_id)
    silent = silent_outlets(run) if run else ()
    if run is None or not silent:
        return None
    many = f"{len(silent)} outlets are" if len(silent) > 1 else f"{silent[0]} is"
    return Alert(
        kind="silent_source",
        edition=run.edition,
        what=f"{many} silent",
        served="The edition goes on without them: every count of the day misses them.",
        todo="look at each outlet's site; mend its entry point in sources.yml, or retire it there.",
        silent=silent,
        link=task.link,
        runbook=runbook("check_landing", settings),
    )


def silent_outlets(run: Run) -> tuple[str, ...]:
    """Names of the active outlets that listed nothing, as `source.not_silent` counts them.

    Pages looked at again or left by an earlier look are not what an outlet shows.
    """
    files = sorted((run.landing / "discovered").glob("*.parquet"))
    listed: set[str] = set()
    if files:
        shown = pl.scan_parquet(files).filter(~pl.col("via").fill_null("").is_in(_NOT_LISTED))
        listed = set(shown.select("source_id").unique().collect()["source_id"])
    active = [one for one in run.sources.sources if one.is_active(run.edition)]
    return tuple(sorted(one.name for one in active if one.id not in listed))


def runbook(station: str, settings: Alerts) -> str | None:
    """Where the station's runbook is read: a page of `runbooks_url`, else its file's path."""
    if not (RUNBOOKS / f"{station}.md").exists():
        return None
    return f"{settings.runbooks_url or 'docs/runbooks'}/{station}.md"


def _planned(home: Home, run_id: str) -> Run | None:
    try:
        return load_run(run_id, home)
    except (BroadsheetError, ValueError):
        return None


def _refusal(run: Run | None, error: str) -> tuple[Failure, ...]:
    """The failed critical expectations that `error` names, from the verdicts of the run."""
    if run is None:
        return ()
    found = []
    for file in sorted((run.work / "verdicts").glob("*.parquet")):
        failed = pl.read_parquet(file).filter(
            ~pl.col("success") & (pl.col("severity") == "critical")
        )
        columns = failed.select("suite", "expectation", "observed", "sentence")
        found += [Failure(*row) for row in columns.iter_rows()]
    return tuple(one for one in found if f"{one.name}:" in error)
