"""`broadsheet alerts` as a person or a timer calls it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.config import PROJECT_ROOT
from core.home import Home
from tests.support.mail_server import MailServer, serving_mail
from tests.support.webhook_server import Webhook, serving_webhook

Ended = subprocess.CompletedProcess[str]
BOTH = """
email: {{host: localhost, port: {mail}, security: none, sender: b@example.org, to: [d@example.org]}}
webhook: {{}}
"""


def broadsheet(home: Home, config: Path, *words: str, hook: str = "") -> Ended:
    variables = {
        **os.environ,
        "BROADSHEET_HOME": str(home.root),
        "BROADSHEET_CONFIG": str(config),
        "BROADSHEET_WEBHOOK_URL": hook,
    }
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words], cwd=PROJECT_ROOT, env=variables,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "sources.yml").symlink_to(PROJECT_ROOT / "config" / "sources.yml")
    return folder


def test_without_a_channel_it_says_where_one_belongs(home: Home, config: Path) -> None:
    ended = broadsheet(home, config, "alerts", "test")
    assert ended.returncode == 1
    assert f"{config / 'alerts.yml'} names no channel" in ended.stderr


def test_each_channel_is_tried_and_told(home: Home, config: Path) -> None:
    with serving_mail(MailServer()) as mail, serving_webhook(Webhook()) as hook:
        (config / "alerts.yml").write_text(BOTH.format(mail=mail.port))
        for _ in range(2):  # a test is sent as often as it is asked for
            ended = broadsheet(home, config, "alerts", "test", hook=hook.url)
            assert ended.returncode == 0, ended.stderr
        assert f"sent     email: accepted by localhost:{mail.port} for d@exam" in ended.stdout
        assert "sent     webhook: 127.0.0.1 answered 200 ok" in ended.stdout
        assert (len(mail.mails), len(hook.posts)) == (2, 2)
        assert mail.mails[0]["Subject"] == "Broadsheet: a test message"
        hook.status = 500
        ended = broadsheet(home, config, "alerts", "test", hook=hook.url)
    assert ended.returncode == 1
    assert "failed   webhook: 127.0.0.1 answered 500" in ended.stdout
    assert "sent     email" in ended.stdout
    assert hook.url not in ended.stdout + ended.stderr


def test_a_timer_tells_a_missed_deadline_once(home: Home, config: Path) -> None:
    with serving_mail(MailServer()) as mail, serving_webhook(Webhook()) as hook:
        (config / "alerts.yml").write_text(BOTH.format(mail=mail.port))
        for state in ("sent", "repeated"):
            ended = broadsheet(home, config, "alerts", "deadline", hook=hook.url)
            assert ended.returncode == 1, ended.stderr
            assert "Broadsheet 2026-10-16: not published by 07:30 UTC." in ended.stdout
            assert ended.stdout.count(f"{state:9}") == 2
    assert (len(mail.mails), len(hook.posts)) == (1, 1)


def test_check_names_a_fault_of_the_file(home: Home, config: Path) -> None:
    (config / "alerts.yml").write_text("deadline:\n  time: 7:30\n")
    ended = broadsheet(home, config, "check")
    assert ended.returncode == 1
    assert "alerts.yml:2: 'deadline.time': this is not a time of day in quotes" in ended.stdout
