"""Airflow's api-server where people must log in, on a home of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from cli.airflow_env import environment, free_port, prepare
from core.config import PROJECT_ROOT
from core.home import Home

PASSWORDS = {"ada": "a viewer's password", "op": "an operator's password"}
_START_SECONDS = 120


@dataclass(frozen=True)
class LoginServer:
    """A running server: its address, its home, and the environment of its Airflow."""

    address: str
    home: Home
    variables: dict[str, str]

    def token(self, user: str) -> str:
        body = {"username": user, "password": PASSWORDS[user]}
        answer = httpx.post(f"{self.address}/auth/token", json=body, timeout=30)
        token: str = answer.raise_for_status().json()["access_token"]
        return token

    def get(self, path: str, user: str | None = "ada", **headers: str) -> httpx.Response:
        """A page, as `user` or as nobody; no redirect is followed, no path is tidied up."""
        if user:
            headers["Authorization"] = f"Bearer {self.token(user)}"
        url = httpx.URL(self.address).copy_with(raw_path=path.encode())
        return httpx.get(url, headers=headers, timeout=60)


@contextmanager
def login_server(home: Home, folder: Path) -> Iterator[LoginServer]:
    """Prepare the home's Airflow and serve its UI, two users with passwords, until the end."""
    port = free_port()
    passwords = folder / "passwords.json"
    passwords.write_text(json.dumps(PASSWORDS))
    variables = environment(home, port) | {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "false",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "ada:viewer,op:op",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
    }
    prepare(home, variables)
    with (folder / "api-server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "airflow", "api-server"],
            env=variables, cwd=PROJECT_ROOT, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    address = variables["AIRFLOW__API__BASE_URL"]
    try:
        _wait(server, f"{address}/api/v2/version", folder / "api-server.log")
        yield LoginServer(address, home, variables)
    finally:
        server.terminate()
        server.wait(30)


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        assert server.poll() is None, log.read_text(errors="replace")[-3000:]
        assert time.monotonic() < deadline, log.read_text(errors="replace")[-3000:]
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.25)
        else:
            return
