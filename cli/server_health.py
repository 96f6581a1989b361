"""Is a part of the server alive? Asked every half minute, so it imports next to nothing.

    python -m cli.server_health PART       ends with 0, or with 1 and what is wrong

The scheduler, the DAG processor and the triggerer report their heartbeats to the database; the
api-server tells of them. A worker is pinged through Redis.
"""

import json
import os
import socket
import sys
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener

SECONDS = 8
_DIRECT = build_opener(ProxyHandler({}))  # our own host, whatever proxy the machine names


def trouble(part: str) -> str | None:
    """What is wrong with a part, in a sentence; None if it is well."""
    return worker_trouble(part) if part in {"writer", "worker"} else airflow_trouble(part)


def airflow_trouble(part: str) -> str | None:
    """Of the api-server itself, or of a part whose heartbeat it tells."""
    api = os.environ.get("BROADSHEET_API") or "http://127.0.0.1:8080"
    path = "version" if part == "api-server" else "monitor/health"
    try:
        with _DIRECT.open(f"{api}/api/v2/{path}", timeout=SECONDS) as answer:
            told = json.loads(answer.read())
    except (URLError, OSError, ValueError) as error:
        return f"the api-server does not answer at {api}: {error}"
    if part == "api-server":
        return None
    status = told.get(part.replace("-", "_"), {}).get("status")
    return None if status == "healthy" else f"{part} is {status or 'not known'}"


def worker_trouble(part: str) -> str | None:
    """Of the Celery worker of this host that serves as `part`."""
    # Half a second to import, for workers only.
    from celery import Celery  # type: ignore[import-untyped]
    from kombu.exceptions import OperationalError

    login = quote(os.environ.get("REDIS_PASSWORD", ""), safe="")
    place = f"{os.environ.get('REDIS_HOST')}:{os.environ.get('REDIS_PORT') or 6379}"
    name = f"{part}@{socket.gethostname()}"
    with Celery(broker=f"redis://:{login}@{place}/0") as app:
        try:
            answers = app.control.ping(destination=[name], timeout=SECONDS, limit=1)
        except OperationalError as error:
            return f"Redis does not answer at {place}: {error}"
    return None if answers else f"{name} does not answer"


if __name__ == "__main__":
    sys.exit(trouble(sys.argv[1]))
