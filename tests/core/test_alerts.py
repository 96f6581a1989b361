"""alerts.yml: off without a channel, no secrets, every fault with its line and what is wanted."""

from pathlib import Path

import pytest

from core.alerts import Alerts, load_alerts, secret
from core.config import PROJECT_ROOT
from core.errors import ConfigError

FULL = """\
deadline: {time: "10:30", timezone: Europe/London}
email:
  host: mail.example.org
  port: 587
  user: broadsheet
  sender: broadsheet@example.org
  to: [desk@example.org]
webhook: {url_variable: NEWSROOM_HOOK}
ui_url: https://airflow.example.org/
tell: [failed_gate]
"""


def read(folder: Path, text: str) -> Alerts:
    path = folder / "alerts.yml"
    path.write_text(text)
    return load_alerts(path)


def test_what_is_configured(tmp_path: Path) -> None:
    settings = read(tmp_path, FULL)
    assert settings.channels == ["email", "webhook"]
    assert settings.deadline.cron == "30 10 * * *"
    assert settings.ui_url == "https://airflow.example.org"
    assert settings.tell == ("failed_gate",)


def test_nothing_is_sent_by_default(tmp_path: Path) -> None:
    assert load_alerts(PROJECT_ROOT / "config" / "alerts.yml").channels == []
    assert load_alerts(tmp_path / "alerts.yml").channels == []


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ('"10:30"', "10:30", 1, "in quotes such as '07:30'"),
        ('"10:30"', '"24:00"', 1, "pattern"),
        ("Europe/London", "Europe/Londen", 1, "not an IANA time zone"),
        ("port: 587", "port: 70000", 4, "65535"),
        ("port: 587", "security: none", 4, "in the clear"),
        ("port: 587", "password: hunter2", 4, "not a known key"),
        ("to: [desk@example.org]", "to: []", 7, "at least 1"),
        ("[desk@example.org]", '["desk@example.org, x@example.org"]', 7, "pattern"),
        ("sender: broadsheet", 'sender: "a\\r\\nBcc: x', 6, ""),
        ("{url_variable: NEWSROOM_HOOK}", "{url: https://hooks.example.org/T0}", 8, "known key"),
        ("https://airflow", "ftp://airflow", 9, "not an http or https URL"),
        ("[failed_gate]", "[broken_gate]", 10, "'silent_source'"),
    ],
)
def test_a_fault_names_its_line(
    tmp_path: Path, old: str, new: str, line: int, sentence: str
) -> None:
    assert old in FULL
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, FULL.replace(old, new, 1))
    told = str(caught.value)
    assert sentence in told
    assert "hunter2" not in told
    if sentence not in {"in the clear", ""}:
        assert f"alerts.yml:{line}:" in told


def test_a_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_SECRET", raising=False)
    with pytest.raises(ConfigError, match=r"the key is not known; set it .* SOME_SECRET"):
        secret("SOME_SECRET", "the key")
    monkeypatch.setenv("SOME_SECRET", " s3cret\n")
    assert secret("SOME_SECRET", "the key") == "s3cret"
