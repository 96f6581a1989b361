"""The container: one service, reachable from its own host only, from the same locks."""

import re
from typing import Any

import yaml

from core.alerts import SMTP_PASSWORD, Webhook
from core.config import PROJECT_ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_bytes())
DOCKERFILE = (PROJECT_ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_service_listens_on_loopback_and_keeps_its_data() -> None:
    (service,) = COMPOSE["services"].values()
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    volumes = dict(mount.split(":")[:2] for mount in service["volumes"])
    home = re.search(r"BROADSHEET_HOME=(\S+)", DOCKERFILE)
    assert home
    assert volumes["broadsheet"] == home[1]
    assert "broadsheet" in COMPOSE["volumes"]
    assert volumes["./config"].endswith("/config")


def test_the_secrets_of_alerts_come_from_outside() -> None:
    (service,) = COMPOSE["services"].values()
    assert set(service["environment"]) == {SMTP_PASSWORD, Webhook().url_variable}


def test_the_image_runs_as_nobody_special_what_the_host_runs() -> None:
    assert re.search(r"^USER (?!root)\w+", DOCKERFILE, re.MULTILINE)
    assert "RUN bin/make-env base" in DOCKERFILE
    assert (PROJECT_ROOT / "bin" / "make-env").stat().st_mode & 0o111
    assert 'CMD ["python", "-m", "cli.up"]' in DOCKERFILE
    assert "HEALTHCHECK" in DOCKERFILE


def test_the_image_leaves_data_and_history_behind() -> None:
    ignored = (PROJECT_ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv", "data"} <= {one.strip("/") for one in ignored}


def test_the_locks_have_hashes_and_name_no_index() -> None:
    locks = sorted((PROJECT_ROOT / "requirements").glob("*.txt"))
    assert [lock.stem for lock in locks] == ["base", "bootstrap", "dev"]
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9]\S*==\S+ \\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[a-z0-9]\S*==", text, re.MULTILINE)) > 0
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:", text)
