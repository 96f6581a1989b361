"""The rules of `retention.yml` are checked; the shipped file says what the defaults are."""

from pathlib import Path

import pytest

from cli.check import check
from core.config import PROJECT_ROOT
from core.errors import ConfigError
from core.retention import Retention, load_retention, retention_rules


def test_the_shipped_rules_are_the_defaults() -> None:
    assert load_retention(PROJECT_ROOT / "config" / "retention.yml") == Retention()


def test_a_configuration_without_rules_has_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_CONFIG", str(tmp_path))
    assert retention_rules() == Retention()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("work_days: 0\n", r"retention\.yml:1.*work_days"),
        ("work_days: 3\npublications:\n  daily: many\n", r"retention\.yml:3.*daily"),
        ("archive_days: 3\n", r"retention\.yml:1.*archive_days"),
    ],
)
def test_a_fault_is_told_with_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "retention.yml").write_text(text)
    with pytest.raises(ConfigError, match=message):
        load_retention(tmp_path / "retention.yml")


def test_check_reads_the_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in (PROJECT_ROOT / "config").glob("*.yml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setenv("BROADSHEET_CONFIG", str(tmp_path))
    assert check(None) == 0
    assert "14 daily, 8 weekly, 12 monthly publications under 200 GB" in capsys.readouterr().out
    (tmp_path / "retention.yml").write_text("work_days: -1\n")
    load_retention.cache_clear()
    assert check(None) == 1
    assert "retention.yml:1" in capsys.readouterr().out
