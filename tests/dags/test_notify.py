"""The notifiers where Airflow knows least: the task's process is gone, the DAG processor tells."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.airflow_env import environment
from core.config import PROJECT_ROOT
from core.home import Home
from core.run_ids import file_id
from tests.dags.lost_process import RUN_ID
from tests.expectations.healthy import plan, write_configuration
from tests.support.webhook_server import Webhook, serving_webhook

SETTINGS = """
webhook: {}
ui_url: https://airflow.example.org
"""


def lose(described: dict[str, Any], config: Path, hook: str, dag: str, task: str) -> str:
    """Run the callbacks of a lost task; what they said."""
    home = Home(Path(described["home"]))
    variables = environment(home, 8080) | {
        "BROADSHEET_CONFIG": str(config),
        "BROADSHEET_WEBHOOK_URL": hook,
    }
    words = ["dag-processor", str(PROJECT_ROOT / "dags"), dag, task]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.dags.lost_process", *words], env=variables, cwd=PROJECT_ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout + ended.stderr


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "sources.yml").symlink_to(PROJECT_ROOT / "config" / "sources.yml")
    (tmp_path / "alerts.yml").write_text(SETTINGS)
    return tmp_path


def test_lost_tasks_are_told(described: dict[str, Any], config: Path) -> None:
    with serving_webhook(Webhook()) as hook:
        said = lose(described, config, hook.url, "daily_news", "enrich.group_texts")
        lose(described, config, hook.url, "publication_deadline", "require_publication")
    assert "webhook: 127.0.0.1 answered 200 ok" in said
    assert "Traceback" not in said
    lost, late = (post["text"] for post in hook.posts)
    assert "the task group_texts of daily_news failed" in lost
    assert "process was lost" in lost
    link = "https://airflow.example.org/dags/daily_news/runs/manual__2026-11-22T07%3A30%3A00%2B00"
    assert f"<{link}" in lost
    assert "the task require_publication of publication_deadline failed" in late


def test_a_lost_task_of_a_replay_is_told_with_its_edition(
    described: dict[str, Any], config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_HOME", described["home"])
    write_configuration(tmp_path / "planned")
    monkeypatch.setenv("BROADSHEET_CONFIG", str(tmp_path / "planned"))
    planned = plan(file_id("reprocess", RUN_ID), tmp_path / "planned")
    with serving_webhook(Webhook()) as hook:
        lose(described, config, hook.url, "reprocess", "show")
    (told,) = (post["text"] for post in hook.posts)
    assert str(planned.edition) in told
    assert "the task show of reprocess failed" in told


def test_an_alert_that_cannot_be_sent_is_one_sentence_in_the_log(
    described: dict[str, Any], config: Path
) -> None:
    said = lose(described, config, "", "daily_news", "collect.land")
    assert "failed by webhook: the webhook's address is not known; set it in the env" in said
    assert "Traceback" not in said
    (config / "alerts.yml").write_text("webhook: {}\ntimeout_seconds: soon\n")
    said = lose(described, config, "", "daily_news", "collect.land")
    assert "no alert was sent: " in said
    assert "alerts.yml:2: 'timeout_seconds'" in said.partition("no alert was sent: ")[2]
