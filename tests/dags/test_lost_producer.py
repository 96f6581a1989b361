"""A dbt build that is killed: the models' own tasks, one after the other, give the same tables."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from core.config import PROJECT_ROOT
from core.home import Home
from core.plan import Run
from tests.dbt.editions import three_editions
from tests.dbt.newsroom import write_config
from tests.dbt.runs import copy_home, do_dbt, open_editions, table_hashes

BUILD = "import sys; from warehouse.dbt import build; build(sys.argv[1])"
FINISHED_BEFORE_THE_KILL = 12


def kill_a_build(run: Run) -> None:
    """Start the build in a process of its own and kill it when some of its models are done."""
    log = run.work / "dbt" / "dbt.log"
    log.unlink(missing_ok=True)
    command = [sys.executable, "-c", BUILD, run.run_id]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL) as build:
        while not log.exists() or log.read_text().count(" OK created ") < FINISHED_BEFORE_THE_KILL:
            assert build.poll() is None, "the build ended before it could be killed"
            time.sleep(0.02)
        build.send_signal(signal.SIGKILL)


def models_in_task_order(news: dict[str, Any]) -> list[str]:
    """The models of the DAG's tasks, each after those that Airflow runs before it."""
    tasks, done = news["tasks"], list[str]()

    def visit(task: str) -> None:
        for upstream in tasks[task]["upstream"]:
            visit(upstream)
        if task not in done:
            done.append(task)

    for task in sorted(tasks):
        visit(task)
    models = [task for task in done if task.endswith((".run", "_run"))]
    return [
        task.rsplit(".", 2)[1] if task.endswith(".run") else task.rsplit(".", 1)[1][:-4]
        for task in models
    ]


def test_models_one_by_one_after_a_killed_build_give_the_same_tables(
    news: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = Home(tmp_path / "home")
    empty.root.mkdir()
    monkeypatch.setenv("BROADSHEET_HOME", str(empty.root))
    monkeypatch.setenv("BROADSHEET_CONFIG", str(write_config(tmp_path / "config")))
    whole = open_editions(copy_home(empty, tmp_path / "whole"), "whole", *three_editions())
    do_dbt(whole, "run")
    expected = table_hashes(whole.paths.candidate("whole"))
    lost = open_editions(copy_home(empty, tmp_path / "lost"), "lost", *three_editions())
    kill_a_build(lost)
    for model in models_in_task_order(news):
        do_dbt(lost, "run", "--select", model)
    assert table_hashes(lost.paths.candidate("lost")) == expected
