"""The systemd units: read by systemd itself, and by the rules that compose's services follow."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.server_env import PARTS
from core.config import PROJECT_ROOT

UNITS = PROJECT_ROOT / "deploy" / "systemd"
FILES = sorted(path for path in UNITS.rglob("*.*") if path.is_file())
MOST_EXPOSED = 25  # of 100, as systemd counts


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units as if the project were installed where they say; systemd proves that files are."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze on this machine (Debian: apt-get install systemd)")
    folder = tmp_path_factory.mktemp("units") / "systemd"
    shutil.copytree(UNITS, folder)
    for path in folder.rglob("*.*"):
        if path.is_file():
            path.write_text(path.read_text().replace("/srv/broadsheet", str(PROJECT_ROOT)))
    return folder


def analyze(*words: object) -> str:
    """What systemd-analyze says; a complaint is a failure."""
    command = ["systemd-analyze", *map(str, words)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def test_systemd_finds_no_fault(units: Path) -> None:
    files = [path for path in units.iterdir() if path.is_file()]
    assert len(files) >= 5
    said = analyze("verify", "--man=no", *files)
    assert not [line for line in said.splitlines() if "broadsheet" in line], said


def test_a_unit_may_do_little(units: Path) -> None:
    files = sorted(units.glob("*.service"))
    said = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", *files)
    assert said.count("Overall exposure level") == len(files)


def test_the_target_starts_every_part_with_the_command_of_its_container() -> None:
    target = (UNITS / "broadsheet.target").read_text()
    started = set(re.findall(r"broadsheet-part@([\w-]+)\.service", target))
    assert started == set(PARTS) - {"init"}
    template = (UNITS / "broadsheet-part@.service").read_text()
    assert re.search(r"^ExecStart=\S+/python -m cli\.server %i$", template, re.MULTILINE)
    init = (UNITS / "broadsheet-init.service").read_text()
    assert re.search(r"^ExecStart=\S+/python -m cli\.server init$", init, re.MULTILINE)


def test_every_host_starts_again_what_was_enabled_on_it() -> None:
    """A second host enables its worker alone: neither the target nor init is there to start it."""
    template = (UNITS / "broadsheet-part@.service").read_text()
    for enabled in (template, (UNITS / "broadsheet.target").read_text()):
        assert re.search(r"^WantedBy=multi-user\.target$", enabled, re.MULTILINE)
    assert not re.search(r"^(Requires|BindsTo)=", template, re.MULTILINE)
    assert re.search(r"^Restart=always$", template, re.MULTILINE)


def test_preparing_is_tried_again_until_the_database_is_there() -> None:
    init = (UNITS / "broadsheet-init.service").read_text()
    assert re.search(r"^Restart=on-failure$", init, re.MULTILINE)
    assert re.search(r"^StartLimitIntervalSec=0$", init, re.MULTILINE)


def test_no_unit_holds_a_secret_or_runs_as_root() -> None:
    common = (UNITS / "broadsheet-.service.d" / "common.conf").read_text()
    assert re.search(r"^User=(?!root)\w+$", common, re.MULTILINE)
    assert "EnvironmentFile=/etc/broadsheet/server.env" in common
    for path in FILES:
        assert not re.search(r"PASSWORD|FERNET|SECRET|USERS", path.read_text()), path
