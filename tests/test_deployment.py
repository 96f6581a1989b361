"""The server's files by the rules that an operator would check them by; nothing is started."""

import os
import re
import shutil
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.server_env import PARTS, SECRETS, server_settings
from core.alerts import SMTP_PASSWORD, Webhook
from core.config import PROJECT_ROOT
from core.home import Home
from tests.support.compose import FILE, MissingVariable, make_secrets, services

SAME_SECRET = {"REDISCLI_AUTH": "REDIS_PASSWORD"}
NEVER_SHARED = (".env", ".env.old", "before.dump", "airflow.dump", "compose.lock.yml")
COMMANDS = {"broadsheet", "analyst"}  # `docker compose run`
SERVERS = {"postgres", "redis"}
GIVEN = dict.fromkeys(SECRETS, "secret")
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_bytes())
SERVICES = services(GIVEN)
DOCKERFILE = (PROJECT_ROOT / "Dockerfile").read_text(encoding="utf-8")

every_service = pytest.mark.parametrize("name", SERVICES)


def test_every_part_of_the_server_has_its_service() -> None:
    assert set(SERVICES) == set(PARTS) | SERVERS | COMMANDS
    for name in PARTS:
        assert SERVICES[name]["entrypoint"] == ["python", "-m", "cli.server"]
        assert SERVICES[name]["command"] == [name]


def test_it_keeps_to_the_compose_specification(tmp_path: Path) -> None:
    program = shutil.which("docker-compose")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no docker-compose; .ci/run installs it")
        pytest.skip("no docker-compose on this machine (Debian: apt-get install docker-compose)")
    make_secrets(tmp_path / "made")
    shutil.copytree(PROJECT_ROOT / "config", tmp_path / "made" / "config")
    shutil.copy(FILE, tmp_path / "made")
    words = [program, "--project-directory", ".", "config"]
    checked = subprocess.run(
        words, cwd=tmp_path / "made", capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    rendered = yaml.safe_load(checked.stdout)["services"]
    assert set(rendered) >= set(SERVICES) - COMMANDS


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_starts_without_a_secret(secret: str) -> None:
    with pytest.raises(MissingVariable, match=f"{secret} is empty; bin/make-secrets"):
        services({**GIVEN, secret: ""})
    assert not re.search(rf"\$\{{{secret}(?!:\?)", FILE.read_text())


def test_the_example_has_no_secret_and_the_script_makes_all(tmp_path: Path) -> None:
    example = (PROJECT_ROOT / ".env.example").read_text().splitlines()
    empty = {line.removesuffix("=") for line in example if re.match(r"[A-Z]\w*=$", line)}
    assert empty == set(SECRETS)
    first, second = (make_secrets(tmp_path / name) for name in ("first", "second"))
    assert all(first[name] != second[name] and len(first[name]) >= 40 for name in SECRETS)
    assert (tmp_path / "first" / ".env").stat().st_mode & 0o077 == 0
    refused = subprocess.run(
        [tmp_path / "first" / "bin" / "make-secrets"], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert "not touched" in refused.stderr
    server_settings(Home.from_environment(), {**first, "POSTGRES_HOST": "p", "REDIS_HOST": "r"})


def test_the_fernet_key_is_one(tmp_path: Path) -> None:
    fernet = pytest.importorskip("cryptography.fernet")
    key = make_secrets(tmp_path / "made")["BROADSHEET_FERNET_KEY"]
    vault = fernet.Fernet(key)
    assert vault.decrypt(vault.encrypt(b"word")) == b"word"


@every_service
def test_a_service_is_told_the_secrets_that_it_needs_and_no_other(name: str) -> None:
    environment = SERVICES[name]["environment"]
    told = {SAME_SECRET.get(one, one) for one in environment} & set(SECRETS)
    if name in SERVERS:
        assert told == {f"{name.upper()}_PASSWORD"}
    else:
        needs = set(PARTS[name].needs) if name in PARTS else set()
        assert told == needs & set(SECRETS)
        assert needs <= set(environment)


def test_the_secrets_of_alerts_come_from_outside() -> None:
    alerts = {SMTP_PASSWORD: "s", Webhook().url_variable: "w"}
    told = services({**GIVEN, **alerts})
    for name in ("writer", "worker", "dag-processor", "broadsheet"):
        assert alerts.items() <= told[name]["environment"].items()
        assert not alerts.keys() & SERVICES[name]["environment"].keys(), "unset stays unset"


def test_lineage_goes_where_the_environment_says() -> None:
    elsewhere = '{"type": "http", "url": "http://marquez:5000"}'
    told = services({**GIVEN, "BROADSHEET_LINEAGE": elsewhere})
    for name in (*PARTS, "broadsheet"):
        assert told[name]["environment"]["BROADSHEET_LINEAGE"] == elsewhere
        assert SERVICES[name]["environment"]["BROADSHEET_LINEAGE"] == ""


@every_service
def test_a_service_is_nobody_special(name: str) -> None:
    service = SERVICES[name]
    assert str(service["user"]).partition(":")[0] not in {"", "0", "root"}
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service["init"] is True
    assert not service.keys() & {"privileged", "cap_add", "pid", "ipc", "devices"}
    assert "docker.sock" not in str(service)


@every_service
def test_a_service_has_limits_and_its_logs_are_rotated(name: str) -> None:
    service = SERVICES[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["pids_limit"] > 0
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert service["stop_grace_period"]


@every_service
def test_a_service_that_stays_is_restarted_and_watched(name: str) -> None:
    service = SERVICES[name]
    ends = name in COMMANDS | {"init"}
    assert service["restart"] == ("no" if ends else "unless-stopped")
    health = service["healthcheck"]
    assert health == {"disable": True} if ends else {"test", "interval", "retries"} <= set(health)
    if name in PARTS and not ends:
        assert health["test"] == ["CMD", "python", "-m", "cli.server_health", name]


@every_service
def test_an_image_is_pinned(name: str) -> None:
    image, _, tag = SERVICES[name]["image"].partition(":")
    assert image
    assert re.match(r"\d", tag), f"{image}:{tag}"


def test_the_images_are_of_the_versions_that_the_tests_start() -> None:
    (base,) = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert base.startswith("python:3.12-")
    assert SERVICES["postgres"]["image"].startswith("postgres:15-")


@every_service
def test_ports_are_open_to_this_host_alone(name: str) -> None:
    ports = SERVICES[name].get("ports", [])
    assert bool(ports) == (name == "api-server")
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_databases_reach_no_network_and_no_worker_reaches_the_database() -> None:
    networks = COMPOSE["networks"]
    for name in SERVERS:
        assert all(networks[one]["internal"] for one in SERVICES[name]["networks"])
    for name in ("writer", "worker"):
        assert "metadata" not in SERVICES[name]["networks"]
    assert SERVICES["analyst"]["network_mode"] == "none"
    assert "networks" not in SERVICES["analyst"]


def test_the_home_is_one_volume_that_analysts_only_read() -> None:
    for name in [*PARTS, "broadsheet"]:
        mounts = SERVICES[name]["volumes"]
        assert mounts == ["home:/data", "./config:/srv/broadsheet/config:ro"]
    assert SERVICES["analyst"]["volumes"] == ["home:/data:ro"]
    assert SERVICES["analyst"]["user"] != SERVICES["writer"]["user"]
    assert not set(SERVICES["analyst"]["environment"]) & set(SECRETS)


@pytest.mark.parametrize("user", ["10001", "10002"])
def test_the_users_exist_in_the_image(user: str) -> None:
    assert f"--uid {user}" in DOCKERFILE


def test_the_image_has_the_server_s_locks_and_runs_as_nobody_special() -> None:
    assert re.search(r"^USER (?!root)\w+", DOCKERFILE, re.MULTILINE)
    assert "RUN bin/make-env server" in DOCKERFILE
    assert "BROADSHEET_HOME=/data" in DOCKERFILE
    assert (PROJECT_ROOT / "bin" / "make-env").stat().st_mode & 0o111


def test_the_image_leaves_data_history_and_secrets_behind() -> None:
    ignored = (PROJECT_ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv", "data"} <= {one.strip("/") for one in ignored}
    for left in (*NEVER_SHARED, "deploy/before.dump", "deploy/p000001.duckdb"):
        assert _is_left_behind(left, ignored), left
    for taken in (".env.example", "config/sources.yml", "cli/server.py"):
        assert not _is_left_behind(taken, ignored), taken


def test_git_takes_no_secret_and_no_dump(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    shutil.copy(PROJECT_ROOT / ".gitignore", tmp_path)
    for name in (*NEVER_SHARED, ".env.example"):
        (tmp_path / name).touch()
    words = ["git", "-C", str(tmp_path), "ls-files", "--others", "--exclude-standard"]
    seen = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    assert seen == [".env.example", ".gitignore"]


def _is_left_behind(path: str, patterns: list[str]) -> bool:
    """Whether .dockerignore names `path`; as in Docker, the last pattern that fits decides."""
    left = False
    for pattern in patterns:
        wanted = pattern.removeprefix("!")
        here = "/" in path and not wanted.startswith("**/")  # `*` stops at a folder
        if not here and fnmatchcase(path.rpartition("/")[2], wanted.removeprefix("**/")):
            left = not pattern.startswith("!")
    return left


def test_the_locks_have_hashes_and_name_no_index() -> None:
    locks = sorted((PROJECT_ROOT / "requirements").glob("*.txt"))
    assert [lock.stem for lock in locks] == ["base", "bootstrap", "dev", "server"]
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9]\S*==\S+ \\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[a-z0-9]\S*==", text, re.MULTILINE)) > 0
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:", text)
