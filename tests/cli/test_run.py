"""The runner's own parts: settings, processes that end with it, sentences for a person."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.airflow_env import environment, free_port, is_free, make_manifest
from cli.airflow_processes import Processes
from cli.progress import group_of, label_of
from cli.run import explain, last_words, run
from core.config import PROJECT_ROOT
from core.errors import ConfigError, HomeError, PlanError
from core.files import exclusive_lock
from core.home import Home

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def is_alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_another_airflow_of_the_caller_is_left_out(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://elsewhere")
    monkeypatch.setenv("AIRFLOW_HOME", "/elsewhere")
    variables = environment(home, 4711)
    assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in variables
    assert variables["AIRFLOW_HOME"] == str(home.airflow)
    assert variables["BROADSHEET_HOME"] == str(home.root)


def test_nothing_phones_home(home: Home) -> None:
    variables = environment(home, 4711)
    assert variables["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "false"
    assert variables["AIRFLOW__COSMOS__ENABLE_TELEMETRY"] == "false"
    assert variables["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
    assert variables["GX_ANALYTICS_ENABLED"] == "false"


def test_a_listened_port_is_not_free() -> None:
    assert is_free(free_port())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert not is_free(listener.getsockname()[1])


def test_the_manifest_is_made_once_for_one_content(home: Home) -> None:
    variables = environment(home, 4711)
    path = make_manifest(home, variables)
    first = path.stat().st_mtime_ns
    assert json.loads(path.read_bytes())["metadata"]["project_name"] == "broadsheet"
    assert make_manifest(home, variables).stat().st_mtime_ns == first


def test_stop_ends_whole_groups(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    script = f"import subprocess; print(subprocess.Popen({SLEEP!r}).pid, flush=True); {SLEEP[2]}"
    processes.start("parent", [sys.executable, "-c", script], dict(os.environ))
    while not (said := processes.log("parent").read_text()).strip():
        time.sleep(0.02)
    parent, grandchild = processes.children["parent"].pid, int(said)
    processes.stop()
    assert not is_alive(parent)
    deadline = time.monotonic() + 10  # it was killed; the kernel hands it to init to be reaped
    while is_alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(grandchild)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_children_end_with_a_killed_runner(tmp_path: Path) -> None:
    script = (
        "import os, time; from pathlib import Path; from cli.airflow_processes import Processes;"
        f"p = Processes(Path({str(tmp_path)!r})); p.start('child', {SLEEP!r}, dict(os.environ));"
        "print(p.children['child'].pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT
    ) as runner:
        assert runner.stdout is not None
        child = int(runner.stdout.readline())
        runner.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(child)


def test_a_part_that_ended_is_told_with_its_last_words(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    processes.start("scheduler", [sys.executable, "-c", "raise SystemExit('no disk')"], {})
    processes.children["scheduler"].wait()
    with pytest.raises(HomeError, match=r"scheduler ended by itself(.|\n)*no disk"):
        processes.require_alive()


def test_a_second_run_at_the_same_moment_is_refused(home: Home) -> None:
    with (
        exclusive_lock(home.run_lock),
        pytest.raises(HomeError, match="another run or 'make up' is using"),
    ):
        run(None, None)


def test_bad_words_are_refused_before_anything_starts(home: Home, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="lies in the future"):
        run("2999-01-01", None)
    with pytest.raises(PlanError, match="is no date"):
        run("yesterday", None)
    broken = tmp_path / "sources.yml"
    broken.write_text("user_agent: 7\nsorces: []\n")
    with pytest.raises(ConfigError, match=r"sources\.yml"):
        run(None, broken)
    assert not home.airflow.exists()


def test_tasks_are_named_as_a_person_knows_them() -> None:
    fetch = {"task_id": "collect.outlet.fetch", "rendered_map_index": "The Albion Post"}
    assert label_of(fetch) == "fetch [The Albion Post]"
    assert label_of({"task_id": "build.dbt.models.marts.facts.evidence.test"}) == "evidence"
    assert group_of("collect.outlet.fetch") == "collect"
    assert group_of("brief") == "brief"


def test_a_failed_task_is_told_with_reason_log_and_runbook(home: Home) -> None:
    folder = home.airflow / "logs/dag_id=daily_news/run_id=r/task_id=gate.check_marts"
    folder.mkdir(parents=True)
    records = [
        {"level": "info", "event": "start"},
        {
            "level": "error",
            "event": "Task failed",
            "error_detail": [{"exc_value": "3 rows differ"}],
        },
    ]
    lines = "\n".join(json.dumps(record) for record in records)
    (folder / "attempt=1.log").write_text(f"not json\n{lines}\n")
    failed = {"task_id": "gate.check_marts", "state": "failed", "map_index": -1, "try_number": 1}
    waiting = {"task_id": "publish.publish", "state": "upstream_failed", "map_index": -1}
    told = explain(home, "daily_news", "r", [failed, waiting])
    assert "check_marts: 3 rows differ" in told
    assert str(folder / "attempt=1.log") in told
    assert "docs/runbooks/check_marts.md" in told
    assert last_words(home.root / "none.log") == "it ended before it could write a log"
