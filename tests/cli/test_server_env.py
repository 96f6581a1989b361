"""What a part of the server is told, and what it refuses."""

import re
import string
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.airflow_env import settings
from cli.server_env import (
    PARTS,
    SECRETS,
    VISIBILITY_SECONDS,
    ServerError,
    server_settings,
    told,
    ui_users,
)
from core.home import Home

HOME = Home.from_environment()
GIVEN = {
    "POSTGRES_HOST": "postgres",
    "POSTGRES_PASSWORD": "p",
    "REDIS_HOST": "redis",
    "REDIS_PASSWORD": "r",
    "BROADSHEET_FERNET_KEY": "f",
    "BROADSHEET_JWT_SECRET": "j",
    "BROADSHEET_UI_USERS": "ada:admin:correct-horse,ben:viewer:battery:staple",
    "BROADSHEET_API": "http://api-server:8080",
    "BROADSHEET_URL": "https://news.example.org/",
}
DIFFERENT = {"EXECUTOR", "API_SERVER_URL", "BASE_URL", "ALL_ADMINS"}
printable = st.text(string.printable, min_size=1)


def test_all_else_is_as_in_every_broadsheet() -> None:
    common, server = settings(HOME, 8080), server_settings(HOME, GIVEN)
    changed = {name for name, value in common.items() if server[name] != value}
    assert changed == {name for name in common if name.endswith(tuple(DIFFERENT))}
    assert server["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert server["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"] == "false"


def test_people_and_parts_have_each_their_address() -> None:
    settled = server_settings(HOME, GIVEN)
    assert settled["AIRFLOW__API__BASE_URL"] == "https://news.example.org"
    assert settled["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://api-server:8080/execution/"
    alone = server_settings(HOME, {})
    assert alone["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:8080"
    assert alone["AIRFLOW__API__HOST"] == "127.0.0.1"


@pytest.mark.parametrize("host", ["POSTGRES_HOST", "REDIS_HOST"])
def test_what_has_no_host_is_left_to_airflow(host: str) -> None:
    lacking = {name: value for name, value in GIVEN.items() if name != host}
    settled = server_settings(HOME, lacking)
    assert ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" in settled) == (host == "REDIS_HOST")
    assert ("AIRFLOW__CELERY__BROKER_URL" in settled) == (host == "POSTGRES_HOST")


@given(printable, printable)
def test_a_password_reaches_both_databases_as_it_is(first: str, second: str) -> None:
    settled = server_settings(HOME, {**GIVEN, "POSTGRES_PASSWORD": first, "REDIS_PASSWORD": second})
    database = urlsplit(settled["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    assert (unquote(database.password or ""), database.hostname) == (first, "postgres")
    for name in ("BROKER_URL", "RESULT_BACKEND"):
        broker = urlsplit(settled[f"AIRFLOW__CELERY__{name}"])
        assert (unquote(broker.password or ""), broker.hostname) == (second, "redis")


def test_a_worker_is_told_no_secret_but_that_of_the_queue() -> None:
    for part in ("writer", "worker"):
        known = told(part, {**GIVEN, "PATH": "/bin"})
        assert known.keys() & SECRETS == {"REDIS_PASSWORD"}
        assert known["PATH"] == "/bin"
        settled = server_settings(HOME, known)
        assert not {one for one in settled if re.search(r"FERNET|SECRET|SQL_ALCHEMY|USERS", one)}


def test_no_task_is_delivered_again_while_it_may_still_run() -> None:
    settled = server_settings(HOME, GIVEN)
    visible = int(settled["AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT"])
    hours_of_a_task = 2  # dags/wiring.py: execution_timeout
    assert visible == VISIBILITY_SECONDS > hours_of_a_task * 3600
    assert settled["AIRFLOW__CELERY__TASK_ACKS_LATE"] == "true"
    assert settled["AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER"] == "1"


def test_a_task_that_waits_for_the_writer_outlives_the_longest_task_before_it() -> None:
    settled = server_settings(HOME, GIVEN)
    scheduler = "AIRFLOW__SCHEDULER__"
    waits = float(settled[f"{scheduler}TASK_QUEUED_TIMEOUT"])
    again = int(settled[f"{scheduler}NUM_STUCK_IN_QUEUED_RETRIES"])
    assert (again + 1) * waits > VISIBILITY_SECONDS
    tokens_leeway = 10  # [api_auth] jwt_leeway
    assert float(settled[f"{scheduler}TASK_QUEUED_TIMEOUT_CHECK_INTERVAL"]) < tokens_leeway


def test_airflow_still_reads_how_often_a_waiting_task_is_sent_again() -> None:
    """The option is in none of its documents."""
    scheduler = distribution("apache-airflow-core").locate_file("airflow/jobs")
    source = Path(str(scheduler), "scheduler_job_runner.py").read_text(encoding="utf-8")
    read = r'section="scheduler",\s+key="num_stuck_in_queued_retries"'
    assert re.search(read, source)


def test_the_keys_differ() -> None:
    settled = server_settings(HOME, GIVEN)
    assert settled["AIRFLOW__API__SECRET_KEY"] not in GIVEN.values()
    assert settled["AIRFLOW__API_AUTH__JWT_SECRET"] == "j"


@pytest.mark.parametrize("part", PARTS)
def test_a_part_names_all_that_it_lacks(part: str) -> None:
    with pytest.raises(ServerError) as refused:
        told(part, {**GIVEN, **dict.fromkeys(PARTS[part].needs, "")})
    assert all(name in str(refused.value) for name in PARTS[part].needs)
    assert "bin/make-secrets" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BROADSHEET_UI_PORT", "http"),
        ("POSTGRES_PORT", "0"),
        ("BROADSHEET_CONCURRENCY", "-1"),
        ("BROADSHEET_URL", "news.example.org"),
        ("BROADSHEET_URL", "https://news.example.org/airflow"),
    ],
)
def test_a_value_that_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(ServerError, match=f"{name} is '{re.escape(value)}'"):
        server_settings(HOME, {**GIVEN, name: value})


def test_users_have_a_name_a_role_and_a_password() -> None:
    ada, ben = ui_users(GIVEN["BROADSHEET_UI_USERS"])
    assert (ada.name, ada.role, ada.password) == ("ada", "admin", "correct-horse")
    assert (ben.role, ben.password) == ("viewer", "battery:staple")
    settled = server_settings(HOME, GIVEN)
    assert settled["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] == "ada:admin,ben:viewer"
    assert "battery" not in str(settled)


@pytest.mark.parametrize(
    ("users", "fault"),
    [
        ("ada", "user 1: the role must be one of viewer, user, op, admin"),
        (":admin:correct-horse", "user 1: the name"),
        ("ada:boss:correct-horse", "user 1: the role"),
        ("ada:admin:short", "fewer than 12"),
        ("ada:admin:correct-horse,ada:op:correct-horse", "user 2: the name stands there twice"),
        ("ada:admin:correct-horse,", "user 2"),
        ("ada:admin:horse-battery,correct", "user 2: .* a password may hold colons, but no comma"),
        ("ada:admin:horse-battery,correct:horse", "user 2: the role"),
        ("ada:correct-horse", "user 1: the role"),
        ("ada:admin:horse-battery,correct:op:short", "user 2: the password has fewer"),
    ],
)
def test_a_user_that_is_none_is_told_without_a_password(users: str, fault: str) -> None:
    with pytest.raises(ServerError, match=fault) as refused:
        ui_users(users)
    assert "correct" not in str(refused.value)
