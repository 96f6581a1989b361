"""Every DAG as an operator reviews it: what its file costs and touches, ids, owners, documentation.

All of it runs over the folder and over what Airflow reads there, so a new DAG is not forgotten.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.airflow_env import environment
from cli.airflow_setup import load_setup
from cli.run import DAGS
from core.config import PROJECT_ROOT, config_folder
from core.home import Home
from tests.dags.test_daily_news import STATIONS

type Described = dict[str, Any]

FOLDER = PROJECT_ROOT / "dags"
BOOKS = PROJECT_ROOT / "docs" / "runbooks"
IGNORED = set((FOLDER / ".airflowignore").read_text().split())
FILES = sorted(path.name for path in FOLDER.glob("*.py") if path.name not in IGNORED)
REPROCESS = {
    "plan_replay", "rebuild_edition", "group_editions", "show", "approve", "publish_replay",
    "discard_replay",
}  # fmt: skip
OF_NO_DAG = {"notify.py"}  # Airflow looks into it and finds no DAG
SECONDS = 2.0
MAY_READ = {
    "dbt/manifest.json": "the project's models, made before Airflow starts",
    "dbt_project/dbt_project.yml": "read by Cosmos",
    "config/alerts.yml": "the hour of the deadline",
    "plugins/.airflowignore": "Airflow loads its plugins with the first operator",
}


@dataclass(frozen=True)
class Expected:
    """What a DAG is held to; `tasks` are its stations, without the dbt project's own group."""

    tags: tuple[str, ...]
    schedule: str
    tasks: set[str]
    active_runs: int = 1


EXPECTED = {
    "collect_news": Expected(
        ("broadsheet", "news"), "*/15 * * * *", {"plan_poll", "fetch", "remember"}
    ),
    "daily_brief": Expected(
        ("brief", "broadsheet", "daily"), "broadsheet://publication", {"brief"}
    ),
    "daily_news": Expected(("broadsheet", "daily", "news"), "0 5 * * *", STATIONS),
    "publication_deadline": Expected(
        ("alert", "broadsheet", "daily"), "30 7 * * *", {"require_publication"}
    ),
    "reprocess": Expected(("broadsheet", "news"), "NullTimetable", REPROCESS, active_runs=4),
}


def imported(described: Described, mode: str, *files: str) -> Described:
    """What `tests.dags.import_alone` says of these files, by name."""
    home = Home(Path(described["home"]))
    paths = [str(FOLDER / file) for file in files]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.dags.import_alone", mode, *paths],
        env=environment(home, 8080), cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3000:]
    told: Described = json.loads(ended.stdout.splitlines()[-1])
    return told


def all_tasks(described: Described) -> list[tuple[str, str, Described]]:
    return [
        (dag_id, name, task)
        for dag_id, dag in described["dags"].items()
        for name, task in dag["tasks"].items()
    ]


def test_the_ids_are_those_that_the_commands_know(described: Described) -> None:
    assert described["errors"] == {}
    assert set(described["dags"]) == set(DAGS) == set(EXPECTED)
    assert {f"{dag}.py" for dag in DAGS} == set(FILES) - OF_NO_DAG


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_imported_fast_in_a_fresh_process(described: Described, file: str) -> None:
    assert imported(described, "bare", file)[file]["seconds"] < SECONDS


def test_imports_touch_only_what_is_documented(described: Described) -> None:
    told = imported(described, "dag-processor", *FILES)
    assert sorted(told) == FILES
    for file, traced in told.items():
        assert traced["asked"] == [], file
        assert traced["started"] == [], file
        strange = [
            path
            for path in traced["opened"]
            if not path.endswith(tuple(MAY_READ)) and Path(path).parent != BOOKS
        ]
        assert strange == [], file
    read = [path for traced in told.values() for path in traced["opened"]]
    assert [one for one in MAY_READ if not any(path.endswith(one) for path in read)] == []


@pytest.mark.parametrize("dag_id", sorted(EXPECTED))
def test_a_dag_has_tags_documentation_and_schedule(described: Described, dag_id: str) -> None:
    dag, expected = described["dags"][dag_id], EXPECTED[dag_id]
    assert dag["tags"] == list(expected.tags)
    assert dag["doc"] == (BOOKS / f"{dag_id}.md").read_text("utf-8")
    assert expected.schedule in " ".join([dag["timetable"], *dag["assets"]])
    assert dag["catchup"] is False
    assert dag["max_active_runs"] == expected.active_runs
    assert expected.tasks == {
        name
        for name, task in dag["tasks"].items()
        if not name.startswith("build.dbt.") and task["kind"] != "EmptyOperator"
    }


def test_every_task_is_owned_documented_tried_again_and_timed_out(described: Described) -> None:
    for dag_id, name, task in all_tasks(described):
        assert task["owner"] == "newsroom-data", (dag_id, name)
        if task["kind"] == "EmptyOperator":
            continue
        assert "When it is red" in task["doc"], (dag_id, name)
        assert task["retries"] >= 1, (dag_id, name)
        assert task["backoff"], (dag_id, name)
        is_patient = task["kind"] == "Approval"  # it waits for a person, for days
        assert bool(task["seconds_allowed"]) is not is_patient, (dag_id, name)


def test_every_failure_is_told_but_that_of_a_poll(described: Described) -> None:
    """A poll that failed is made up for by the next one, a quarter of an hour later."""
    untold = {dag_id for dag_id, _, task in all_tasks(described) if not task["told_of_failure"]}
    assert untold == {"collect_news"}


def test_every_pool_is_one_that_is_set_as_code(described: Described) -> None:
    pools = {task["pool"] for _, _, task in all_tasks(described)}
    assert pools - {"default_pool"} == set(load_setup().pools)


def test_the_gates_and_the_publication_have_links(described: Described) -> None:
    links = {(dag, name): task["links"] for dag, name, task in all_tasks(described)}
    assert {place: found for place, found in links.items() if found} == {
        ("daily_news", "collect.check_landing"): ["Data Docs", "Runbook"],
        ("daily_news", "gate.check_marts"): ["Data Docs", "Runbook"],
        ("daily_news", "publish.publish"): ["Brief"],
    }


def test_every_runbook_belongs_to_a_task_or_dag(described: Described) -> None:
    names = {name.rpartition(".")[2] for _, name, _ in all_tasks(described)} | set(DAGS)
    books = {path.stem for path in BOOKS.glob("*.md")}
    assert books - names == {"dbt", "quarantine", "red-night"}


def test_the_hour_of_the_deadline_is_that_of_the_configuration(described: Described) -> None:
    assert "07:30" in (config_folder() / "alerts.yml").read_text("utf-8")
    assert "30 7 * * *" in described["dags"]["publication_deadline"]["timetable"]
