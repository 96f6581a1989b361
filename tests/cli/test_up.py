"""`broadsheet up` and `down`: the UI with the schedule on, one Broadsheet a home."""

import json
import os
import socket
from pathlib import Path

import pytest

from cli.airflow_api import AirflowApi
from cli.airflow_env import free_port
from cli.run import run
from cli.up import down, up
from core.errors import HomeError
from core.home import Home


@pytest.mark.e2e
@pytest.mark.xdist_group("airflow")
def test_up_shows_the_next_run_and_down_ends_all(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BROADSHEET_UI_PORT", str(free_port()))
    try:
        assert up(None) == 0
        assert "05:00 UTC" in capsys.readouterr().out
        record = json.loads((home.airflow / "up.json").read_bytes())
        api = AirflowApi(record["address"])
        assert api.get("/dags/daily_news")["is_paused"] is False
        assert api.get("/dags/daily_news/dagRuns")["total_entries"] == 0
        assert api.get("/pools/duckdb_writer")["slots"] == 1
        assert api.get("/importErrors")["total_entries"] == 0
        with pytest.raises(HomeError, match="make down"):
            run(None, None)
    finally:
        assert down() == 0
    assert not api.is_up()
    assert not Path(f"/proc/{record['pid']}/cwd").exists()


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
