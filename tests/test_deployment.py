"""The compose file and the image: no secret has a default, nothing listens beyond loopback."""

import re
from typing import Any

import pytest
import yaml

from core.config import PROJECT_ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_bytes())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("broadsheet")]


def test_every_secret_must_be_given() -> None:
    text = (PROJECT_ROOT / "docker-compose.yml").read_text()
    names = re.findall(r"\$\{([A-Z_]*(?:PASSWORD|SECRET|KEY)[A-Z_]*)([^}]*)\}", text)
    assert {name for name, _ in names} == {
        "POSTGRES_PASSWORD",
        "AIRFLOW_FERNET_KEY",
        "AIRFLOW_JWT_SECRET",
        "AIRFLOW_SECRET_KEY",
    }
    assert all(rest.startswith(":?") for _, rest in names)
    example = (PROJECT_ROOT / ".env.example").read_text()
    assert all(f"\n{name}=\n" in example for name, _ in names)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_watched_and_bounded(name: str) -> None:
    service = SERVICES[name]
    assert re.search(r":\d", service["image"])
    assert service["logging"]["options"]["max-size"]
    assert "healthcheck" in service or name == "init"
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_all_parts_share_one_home_and_one_configuration() -> None:
    environments = [SERVICES[name]["environment"] for name in OURS]
    assert OURS == ["init", "api-server", "scheduler", "dag-processor"]
    assert all(one == environments[0] for one in environments)
    assert all("data:/data" in SERVICES[name]["volumes"] for name in OURS)


def test_dependencies_exist_and_start_in_order() -> None:
    for name, service in SERVICES.items():
        for other, condition in service.get("depends_on", {}).items():
            assert other in SERVICES, name
            healthy = condition["condition"] == "service_healthy"
            assert not healthy or "healthcheck" in SERVICES[other]


def test_what_the_image_copies_and_runs_exists() -> None:
    dockerfile = (PROJECT_ROOT / "Dockerfile").read_text()
    for file in re.findall(r"requirements/\w+\.txt", dockerfile):
        assert (PROJECT_ROOT / file).exists()
    assert re.search(r"^USER (?!root)\w+", dockerfile, re.MULTILINE)
    assert (PROJECT_ROOT / SERVICES["init"]["command"][0]).stat().st_mode & 0o111


def test_the_locks_have_hashes_and_name_no_index() -> None:
    locks = sorted((PROJECT_ROOT / "requirements").glob("*.txt"))
    assert [lock.stem for lock in locks] == ["base", "bootstrap", "dev", "server"]
    for lock in locks:
        text = lock.read_text()
        pinned = re.findall(r"^[a-z0-9][^\s]*==[^\s]+ \\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[a-z0-9][^\s]*==", text, re.MULTILINE)) > 0
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:", text)
