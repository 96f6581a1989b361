"""The settings of Airflow on a server: those of every Broadsheet, with PostgreSQL, Redis, a login.

A part is one process: a service of docker-compose.yml, or an instance of the systemd unit
`broadsheet@.service`. Each part is told only the secrets that it needs; the workers, which read
what strangers wrote, know neither the database nor a key that signs tokens.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote, urlsplit

from cli.airflow_env import WORKERS, settings
from core.errors import BroadsheetError
from core.home import Home

WRITER_QUEUE = "writer"
DEFAULT_QUEUE = "default"
ROLES = ("viewer", "user", "op", "admin")
# Longer than any task may run (two hours and its retries' pauses): no task is delivered twice.
VISIBILITY_SECONDS = 6 * 3600
# A task that a worker had taken, and not begun when it was killed, is sent again after this.
QUEUED_SECONDS = 240
# It is sent so often, for over six hours, before it fails: Airflow's own 2 would fail every task
# that waits twelve minutes for a writer that is busy or down.
QUEUED_AGAIN = 100

SECRETS = (
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "BROADSHEET_FERNET_KEY",
    "BROADSHEET_JWT_SECRET",
    "BROADSHEET_UI_USERS",
)
_DATABASE = ("POSTGRES_HOST", "POSTGRES_PASSWORD", "BROADSHEET_FERNET_KEY")
_BROKER = ("REDIS_HOST", "REDIS_PASSWORD")
_TOKENS = ("BROADSHEET_JWT_SECRET",)
_USERS = ("BROADSHEET_UI_USERS",)


class ServerError(BroadsheetError):
    """The server's environment lacks something, or says something that cannot be."""


@dataclass(frozen=True)
class Part:
    """What a part runs (words after `airflow`), and the variables without which it cannot."""

    words: tuple[str, ...]
    needs: tuple[str, ...]


def _celery_worker(name: str, *queues: str) -> Part:
    # Neither gossip nor mingling: the workers need nothing of each other.
    words = ("--queues", ",".join(queues), "--celery-hostname", f"{name}@%h", "--skip-serve-logs")
    return Part(("celery", "worker", *words, "--without-gossip", "--without-mingle"), _BROKER)


PARTS = {
    "init": Part((), _DATABASE),
    "api-server": Part(("api-server", "--proxy-headers"), (*_DATABASE, *_TOKENS, *_USERS)),
    "scheduler": Part(("scheduler", "--skip-serve-logs"), (*_DATABASE, *_BROKER, *_TOKENS)),
    "dag-processor": Part(("dag-processor",), _DATABASE),
    "triggerer": Part(("triggerer", "--skip-serve-logs"), _DATABASE),
    "writer": _celery_worker("writer", WRITER_QUEUE, DEFAULT_QUEUE),
    "worker": _celery_worker("worker", DEFAULT_QUEUE),
}


@dataclass(frozen=True)
class User:
    """Somebody who may log in to Airflow's UI."""

    name: str
    role: str
    password: str


def told(part: str, given: Mapping[str, str]) -> dict[str, str]:
    """What a part gets to know of `given`: all but the secrets that it does not need.

    Raises:
        ServerError: what it needs is missing or empty; all of it is named.
    """
    _require(part, PARTS[part].needs, given)
    hidden = set(SECRETS) - set(PARTS[part].needs)
    return {name: value for name, value in given.items() if name not in hidden}


def with_database(command: str, given: Mapping[str, str]) -> Mapping[str, str]:
    """`given`, for a command that is no part: without the server's database it would take SQLite.

    Raises:
        ServerError: what names and opens the database is missing or empty.
    """
    _require(command, _DATABASE, given)
    return given


def _require(who: str, needs: tuple[str, ...], given: Mapping[str, str]) -> None:
    missing = [name for name in needs if not given.get(name)]
    if missing:
        raise ServerError(
            f"{who} cannot start: {', '.join(missing)} must be set; "
            "bin/make-secrets writes every secret into .env (docs/server.md)."
        )


def server_settings(home: Home, given: Mapping[str, str]) -> dict[str, str]:
    """Airflow's settings as environment variables, of what `given` says; no I/O.

    What `given` lacks is left to Airflow: `told` says what a part cannot do without.

    Raises:
        ServerError: a variable has a value that cannot be.
    """
    port = _number(given, "BROADSHEET_UI_PORT", 8080)
    api = _address(given, "BROADSHEET_API", f"http://127.0.0.1:{port}")
    return {
        **settings(home, port, given.get("BROADSHEET_UI_HOST") or "127.0.0.1"),
        "AIRFLOW__API__BASE_URL": _address(given, "BROADSHEET_URL", f"http://127.0.0.1:{port}"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{api}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(_number(given, "BROADSHEET_PARALLELISM", WORKERS)),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "false",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "false",
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o750",
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o640",
        "AIRFLOW__OPERATORS__DEFAULT_QUEUE": DEFAULT_QUEUE,
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": str(QUEUED_SECONDS),
        # A task's token is good for as long as it may be queued, and ten seconds: what a worker
        # took between that and a later check would be refused, and would have lost a try.
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "5",
        "AIRFLOW__SCHEDULER__NUM_STUCK_IN_QUEUED_RETRIES": str(QUEUED_AGAIN),
        **_database(given),
        **_broker(given),
        **_keys(given),
    }


def _database(given: Mapping[str, str]) -> dict[str, str]:
    if not given.get("POSTGRES_PASSWORD") or not given.get("POSTGRES_HOST"):
        return {}
    user, name = (given.get(one) or "broadsheet" for one in ("POSTGRES_USER", "POSTGRES_DB"))
    login = f"{quote(user, safe='')}:{quote(given['POSTGRES_PASSWORD'], safe='')}"
    place = f"{given['POSTGRES_HOST']}:{_number(given, 'POSTGRES_PORT', 5432)}"
    address = f"postgresql+psycopg2://{login}@{place}/{quote(name, safe='')}"
    return {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": address}


def _broker(given: Mapping[str, str]) -> dict[str, str]:
    """Celery takes one task a process at a time and gives it back only when its worker is lost.

    Airflow notices a lost worker itself, after a minute; what Redis then still holds of it comes
    back after VISIBILITY_SECONDS, and Airflow refuses to start a try that is over. Results lie in
    Redis as well: a restart of PostgreSQL must not lose the word that a task has ended.
    """
    if not given.get("REDIS_PASSWORD") or not given.get("REDIS_HOST"):
        return {}
    place = f"{given['REDIS_HOST']}:{_number(given, 'REDIS_PORT', 6379)}"
    address = f"redis://:{quote(given['REDIS_PASSWORD'], safe='')}@{place}"
    return {
        "AIRFLOW__CELERY__BROKER_URL": f"{address}/0",
        "AIRFLOW__CELERY__RESULT_BACKEND": f"{address}/1",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": str(_number(given, "BROADSHEET_CONCURRENCY", 2)),
        "AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER": "1",
        "AIRFLOW__CELERY__TASK_ACKS_LATE": "true",
        "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": str(VISIBILITY_SECONDS),
    }


def _keys(given: Mapping[str, str]) -> dict[str, str]:
    """Keys, and who may log in; passwords are not settings (`server.passwords_file`)."""
    known = {}
    if fernet := given.get("BROADSHEET_FERNET_KEY"):
        known["AIRFLOW__CORE__FERNET_KEY"] = fernet
    if secret := given.get("BROADSHEET_JWT_SECRET"):
        known["AIRFLOW__API_AUTH__JWT_SECRET"] = secret
        known["AIRFLOW__API__SECRET_KEY"] = sha256(f"api secret key\0{secret}".encode()).hexdigest()
    if users := given.get("BROADSHEET_UI_USERS"):
        names = ",".join(f"{user.name}:{user.role}" for user in ui_users(users))
        known["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] = names
    return known


def ui_users(text: str) -> list[User]:
    """The users of `$BROADSHEET_UI_USERS`: `name:role:password`, separated by commas.

    Raises:
        ServerError: one of them is none, or stands there twice. It is told by its number alone:
            what stands in a name's place may be the rest of a password.
    """
    users: list[User] = []
    for number, one in enumerate(text.split(","), 1):
        name, _, rest = one.strip().partition(":")
        role, _, password = rest.partition(":")
        fault = _fault(name, role, password, {user.name for user in users})
        if fault:
            raise ServerError(
                f"BROADSHEET_UI_USERS, user {number}: {fault}; "
                "write name:role:password and a comma between users; "
                "a password may hold colons, but no comma."
            )
        users.append(User(name, role, password))
    return users


def _fault(name: str, role: str, password: str, known: set[str]) -> str:
    if not re.fullmatch(r"[\w.@+-]+", name):
        return "the name must be of letters, digits and . _ @ + -"
    if name in known:
        return "the name stands there twice"
    if role not in ROLES:
        return f"the role must be one of {', '.join(ROLES)}"
    if len(password) < 12:
        return "the password has fewer than 12 characters"
    return ""


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    value = given.get(name) or str(default)
    if not re.fullmatch(r"[1-9]\d{0,4}", value):
        raise ServerError(f"{name} is '{value}'; it must be a whole number above 0.")
    return int(value)


def _address(given: Mapping[str, str], name: str, default: str) -> str:
    value = (given.get(name) or default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query:
        raise ServerError(f"{name} is '{value}'; write it as https://news.example.org, no path.")
    return value
