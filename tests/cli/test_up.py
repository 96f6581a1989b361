"""`broadsheet up` and `down`: the UI with the schedule on, one Broadsheet a home."""

import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from cli.airflow_api import AirflowApi, segment
from cli.airflow_env import free_port
from cli.run import run
from cli.up import down, up
from core.config import PROJECT_ROOT, config_folder
from core.errors import HomeError
from core.home import Home
from tests.support.closed import close_last_edition
from tests.support.webhook_server import Webhook, serving_webhook


def open_newsroom(folder: Path) -> Path:
    """The sample newsroom as one that has an edition a day, like one on the web."""
    sample = (PROJECT_ROOT / "config" / "sources.yml").read_text()
    text = sample.replace("../samples/site", str(PROJECT_ROOT / "samples" / "site"))
    path = folder / "sources.yml"
    path.write_text(text.replace("fixed_edition: 2026-10-16\n", ""))
    return path


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    """A webhook to which alerts are sent."""
    config = shutil.copytree(config_folder(), tmp_path / "config")
    (config / "alerts.yml").write_text("webhook: {}\n")
    monkeypatch.setenv("BROADSHEET_CONFIG", str(config))
    with serving_webhook(Webhook()) as served:
        monkeypatch.setenv("BROADSHEET_WEBHOOK_URL", served.url)
        yield served


def trigger(api: AirflowApi, dag: str) -> tuple[str, str]:
    """Trigger a DAG and wait for its end: the run's id in paths, and its state."""
    runs = f"/dags/{dag}/dagRuns"
    run_id = segment(api.post(runs, {"logical_date": None, "conf": {}})["dag_run_id"])
    deadline = time.monotonic() + 120
    while (state := api.get(f"{runs}/{run_id}")["state"]) in {"queued", "running"}:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return run_id, state


def poll(api: AirflowApi) -> dict[str, str]:
    """Trigger `collect_news`, wait for its end; its tasks and their states."""
    return tasks(api, trigger(api, "collect_news")[0])


def tasks(api: AirflowApi, run_id: str) -> dict[str, str]:
    """The states of a poll's tasks by name; `~` are all polls, the schedule's own included."""
    found = api.get(f"/dags/collect_news/dagRuns/{run_id}/taskInstances")["task_instances"]
    return {task["rendered_map_index"] or task["task_id"]: task["state"] for task in found}


@pytest.mark.e2e
@pytest.mark.xdist_group("airflow")
def test_up_polls_and_shows_the_next_run_and_down_ends_all(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    hook: Webhook,
) -> None:
    monkeypatch.setenv("BROADSHEET_UI_PORT", str(free_port()))
    close_last_edition(home)
    try:
        assert up(open_newsroom(tmp_path)) == 0
        assert "05:00 UTC" in capsys.readouterr().out
        record = json.loads((home.airflow / "up.json").read_bytes())
        api = AirflowApi(record["address"])
        assert api.get("/dags/daily_news")["is_paused"] is False
        assert api.get("/dags/daily_news/dagRuns")["total_entries"] == 0
        assert api.get("/pools/duckdb_writer")["slots"] == 1
        assert api.get("/importErrors")["total_entries"] == 0
        outlets = {"Albion Post", "Kazi na Biashara", "Reel Ledger", "Taktwerk"}
        poll(api)
        polled = tasks(api, "~")  # of this one, or of the quarter hour that struck just before
        assert {name.removeprefix("The ") for name in polled} >= outlets | {"plan_poll", "remember"}
        assert {polled[name] for name in polled if name != "fetch"} == {"success"}
        [state] = home.state.glob("*.parquet")
        looked_at = pl.read_parquet(state).filter(pl.col("kind") == "source")
        assert looked_at["status"].to_list() == ["ok"] * 4
        assert len(list(home.archive_root.glob("*/*/*.warc.gz"))) == 4
        assert "skipped" in poll(api).values()  # nobody is due again so soon
        assert list(home.state.glob("*.parquet")) == [state]
        assert trigger(api, "publication_deadline")[1] == "failed"
        with pytest.raises(HomeError, match="make down"):
            run(None, None)
    finally:
        assert down() == 0
    assert not api.is_up()
    assert not Path(f"/proc/{record['pid']}/cwd").exists()
    (late,) = hook.posts  # the schedule may have asked as well: it is told once
    assert "not published by 07:30 UTC" in late["text"]
    assert f"<{record['address']}/dags/publication_deadline/runs/" in late["text"]


def test_a_taken_port_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        monkeypatch.setenv("BROADSHEET_UI_PORT", str(port))
        with pytest.raises(HomeError, match=f"port {port} .* is taken"):
            up(None)


def test_down_is_content_when_nothing_is_up(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert down() == 0
    home.airflow.mkdir()
    (home.airflow / "up.json").write_text(json.dumps({"pid": os.getpid()}))  # a number used again
    assert down() == 0
    assert capsys.readouterr().out.count("Nothing of") == 2
