"""The server of docker-compose.yml, started by hand: logins, health, a poll by Celery's workers.

`make server-test` runs an edition on it as well, kills a worker and restarts PostgreSQL meanwhile,
and compares what is published with what one process publishes. That takes minutes, so the suite
leaves it out.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cli.airflow_api import AirflowApi, ApiError, segment
from cli.run import DAGS, publication_event
from cli.server_env import PARTS, User, ui_users
from core.config import PROJECT_ROOT, config_folder
from core.home import Home
from tests.prove.tables import doubled_articles, table_hashes
from tests.server.containers import Containers, missing_programs
from tests.support.compose import make_secrets

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("airflow"), pytest.mark.timeout(900)]

NEWS = "daily_news"
EDITION = date(2026, 10, 16)
PRODUCER = "build.dbt.dbt_producer_watcher"
ENDED = {"success", "failed", "skipped", "upstream_failed", "removed"}
WAIT_SECONDS = 600


class Session(AirflowApi):
    """A user who logged in with name and password."""

    def __init__(self, address: str, user: User, password: str | None = None) -> None:
        super().__init__(address)
        self.login = {"username": user.name, "password": password or user.password}

    def _authorise(self) -> str:
        if not self._token:
            answer = self._request("POST", "/auth/token", self.login, authorised=False)
            self._token = answer["access_token"]
        return self._token


@dataclass
class Server:
    """All parts of a server, up and well."""

    containers: Containers
    users: list[User]

    @cached_property
    def api(self) -> AirflowApi:
        return Session(self.containers.address, self.users[0])


@dataclass
class Story(Server):
    """An edition that was run on the server: what happened, and what it left."""

    reference: Home
    run_id: str = ""
    state: str = ""
    tasks: list[dict[str, Any]] = field(default_factory=list)
    killed: list[dict[str, Any]] = field(default_factory=list)
    restarts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        return Home(self.containers.home)

    @property
    def path(self) -> str:
        return f"/dags/{NEWS}/dagRuns/{segment(self.run_id)}"


def until[T](found: Callable[[], T | None], what: str) -> T:
    """Wait until `found` finds something, also while the database is away."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with suppress(ApiError):
            if (one := found()) is not None:
                return one
        time.sleep(0.25)
    raise AssertionError(f"waited {WAIT_SECONDS} s for {what}")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Outside of pytest's own folder, which other users may not enter."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-server-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    missing = missing_programs()
    if missing and os.environ.get("CI"):
        pytest.fail(f"{missing}; .ci/run installs them")
    if missing:
        pytest.skip(missing)
    given = make_secrets(folder / "secrets")
    containers = Containers(folder / "server", given)
    began = time.monotonic()
    try:
        containers.up(*PARTS)
        up = Server(containers, ui_users(given["BROADSHEET_UI_USERS"]))
        until(lambda: all(up.api.find(f"/dags/{dag}") for dag in DAGS) or None, "the DAGs")
        print(f"\nup after {time.monotonic() - began:.0f} s")
        yield up
    finally:
        containers.down()


@pytest.fixture(scope="module")
def story(server: Server, folder: Path) -> Story:
    if not os.environ.get("BROADSHEET_SERVER_EDITION"):
        pytest.skip("takes minutes; make server-test runs it")
    told = Story(server.containers, server.users, Home(folder / "reference"))
    try:
        tell(told)
    finally:
        if told.state != "success":
            for name in PARTS:
                print(f"\n--- the log of {name} ends with:\n{server.containers.log(name)}")
    return told


def tell(story: Story) -> None:
    """Run the edition, hurt it twice, wait for its end."""
    began = time.monotonic()
    containers, api = story.containers, story.api
    run = api.post(f"/dags/{NEWS}/dagRuns", {"logical_date": None, "conf": {}})
    story.run_id = run["dag_run_id"]
    story.killed = until(lambda: kill_in_mid_task(story, "worker"), "a task on the worker")
    assert story.killed, "the run ended before a task ran on the worker"
    story.seconds["kill"] = time.monotonic() - began
    reference = run_reference(story.reference)  # while the server waits for lost heartbeats
    assert until(lambda: running(story, PRODUCER) or over(story), "dbt"), "the run failed early"
    containers.restart("postgres")
    story.seconds["restart"] = time.monotonic() - began
    story.state = until(lambda: ended(story), "the end of the run")
    story.seconds["end"] = time.monotonic() - began
    story.tasks = api.get(f"{story.path}/taskInstances", limit=1000)["task_instances"]
    story.restarts = {name: one.starts - 1 for name, one in containers.all.items()}
    assert reference.wait(120) == 0
    print("\nseconds:", {name: round(value) for name, value in story.seconds.items()})
    print("starts after the first:", {name: n for name, n in story.restarts.items() if n > 0})
    print("MB at most:", containers.peak_megabytes)


def run_reference(home: Home) -> "subprocess.Popen[bytes]":
    """The same edition in one process."""
    words = ["-m", "tests.e2e.sample_run", str(config_folder() / "sources.yml"), "first"]
    environment = {**os.environ, "BROADSHEET_HOME": str(home.root)}
    return subprocess.Popen([sys.executable, *words], cwd=PROJECT_ROOT, env=environment)


def running(story: Story, task: str | None = None) -> list[dict[str, Any]]:
    found = story.api.get(f"{story.path}/taskInstances", state="running", limit=1000)
    return [one for one in found["task_instances"] if task in {None, one["task_id"]}]


def kill_in_mid_task(story: Story, name: str) -> list[dict[str, Any]] | None:
    """Kill a container while it runs tasks of outlets; those tasks, or None if it runs none.

    It is stopped before it is asked what it runs, so that no task ends before the kill.
    """
    if not tasks_of(story, name):
        return over(story)
    with story.containers.stopped(name):
        if found := tasks_of(story, name):
            story.containers.kill(name)
    return found or None


def tasks_of(story: Story, name: str) -> list[dict[str, Any]]:
    inside = {process.pid for process in story.containers.all[name].tree}
    return [one for one in running(story) if one["pid"] in inside and "outlet" in one["task_id"]]


def over(story: Story) -> list[dict[str, Any]] | None:
    """Nothing more to wait for: an empty list, once the run has ended."""
    return [] if ended(story) else None


def ended(story: Story) -> str | None:
    state = story.api.get(story.path)["state"]
    return state if state in {"success", "failed"} else None


def label(task: dict[str, Any]) -> tuple[str, int]:
    return task["task_id"], task["map_index"]


def test_a_poll_runs_on_celery(server: Server) -> None:
    path = "/dags/collect_news/dagRuns"
    poll = server.api.post(path, {"logical_date": None, "conf": {}})["dag_run_id"]
    path += f"/{segment(poll)}"
    until(lambda: server.api.get(path)["state"] in ENDED or None, "the poll")
    tasks = server.api.get(f"{path}/taskInstances")["task_instances"]
    assert {one["state"] for one in tasks} <= {"success", "skipped"}
    assert {one["queue"] for one in tasks} == {"default"}


def test_a_command_is_kept_out_while_the_scheduler_lives(server: Server) -> None:
    refused = server.containers.run("broadsheet", ["broadsheet", "run"])
    assert refused.returncode == 1
    assert "If a server uses it, trigger daily_news there" in refused.stderr


def test_the_edition_is_published_for_all_that(story: Story) -> None:
    states = {one["state"] for one in story.tasks}
    assert story.state == "success", [one for one in story.tasks if one["state"] == "failed"]
    assert states <= {"success", "skipped"}
    assert story.home.warehouse.resolve().name == "p000001.duckdb"


def test_its_tables_are_those_of_one_process(story: Story) -> None:
    expected, found = (
        table_hashes(home.warehouse.resolve()) for home in (story.reference, story.home)
    )
    assert {name for name in expected if found[name] != expected[name]} == set()
    assert len(found) == len(expected) > 20
    assert doubled_articles(story.home.warehouse.resolve()) == 0


def test_what_was_killed_was_tried_again_and_never_twice_at_once(story: Story) -> None:
    tries = {label(one): one["try_number"] for one in story.tasks}
    assert story.killed
    assert all(tries[label(one)] >= 2 for one in story.killed)
    assert story.restarts["worker"] >= 1
    for task in story.tasks:
        if task["try_number"] > 1:
            index = f"/{task['map_index']}" if task["map_index"] >= 0 else ""
            path = f"{story.path}/taskInstances/{task['task_id']}{index}/tries"
            moments = [
                (datetime.fromisoformat(one["start_date"]), datetime.fromisoformat(one["end_date"]))
                for one in story.api.get(path)["task_instances"]
            ]
            for (_, end), (start, _) in pairwise(moments):
                assert end <= start, label(task)


def test_the_writer_alone_serves_the_writers_queue(story: Story) -> None:
    logs = {name: story.containers.log(name, 100_000) for name in ("writer", "worker")}
    assert "queue='writer'" in logs["writer"]
    assert "queue='writer'" not in logs["worker"]
    assert "queue='default'" in logs["worker"]
    assert {one["queue"] for one in story.tasks} == {"writer", "default"}


def test_the_brief_follows(story: Story) -> None:
    event = publication_event(story.api, story.run_id)
    assert (event["publication_id"], event["edition"]) == ("p000001", EDITION.isoformat())
    (brief,) = event["briefs"]
    path = f"/dags/daily_brief/dagRuns/{segment(brief)}"
    until(lambda: story.api.get(path)["state"] in ENDED or None, "the brief")
    assert (story.home.report(EDITION) / "brief.html").is_file()


def test_every_part_is_well_after_all_that(story: Story) -> None:
    for name in [*PARTS, "postgres", "redis"]:
        if name != "init":
            story.containers.wait_healthy(name)


def test_the_log_of_a_task_is_shown(story: Story) -> None:
    (publish,) = (one for one in story.tasks if one["task_id"] == "publish.publish")
    path = f"{story.path}/taskInstances/publish.publish/logs/{publish['try_number']}"
    told = str(story.api.get(path))
    assert "dags/daily_news.py" in told, "what Airflow says as it begins"
    assert "Could not read" not in told


def test_only_who_logs_in_gets_in_and_a_viewer_only_looks(server: Server) -> None:
    admin, editor = server.users
    address = server.containers.address
    with pytest.raises(ApiError, match="401"):
        AirflowApi(address)._request("GET", "/api/v2/dags", authorised=False)
    with pytest.raises(ApiError, match=r"40[135]"):
        AirflowApi(address).get("/dags")
    with pytest.raises(ApiError, match="401"):
        Session(address, admin, "not the password").get("/dags")
    viewer = Session(address, editor)
    assert viewer.get("/dags")["total_entries"] >= len(DAGS)
    with pytest.raises(ApiError, match="403"):
        viewer.post(f"/dags/{NEWS}/dagRuns", {"logical_date": None, "conf": {}})


def test_an_analyst_reads_publications_and_nothing_else(story: Story) -> None:
    query = "select count(*) from marts.dim_article"
    command = ["broadsheet", "sql", "--format", "csv", query]
    asked = story.containers.run("analyst", command)
    assert asked.stdout.split() == ["count_star()", "54"], asked.stderr
    home = story.home
    files = [path for path in home.root.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(files) > 50
    assert {path for path in files if others_read(path, home.root)} == {home.publication("p000001")}


def others_read(path: Path, root: Path) -> bool:
    """Whether a user who is neither owner nor in the group may read a file below `root`."""
    folders = [one for one in path.parents if one.is_relative_to(root)]
    enters = all(folder.stat().st_mode & 0o001 for folder in folders)
    return enters and bool(path.stat().st_mode & 0o004)


def test_no_part_wrote_a_password_into_the_home_or_its_log(server: Server) -> None:
    secrets = {user.password for user in server.users}
    logs = (server.containers.folder / "logs").glob("*.log")
    for path in [*logs, *(server.containers.home / "airflow").rglob("*")]:
        if path.is_file():
            text = path.read_text("utf-8", "replace")
            assert not [one for one in secrets if one in text], path
