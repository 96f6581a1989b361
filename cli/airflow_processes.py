"""Starts the parts of Airflow as process groups and ends them, whatever happens between."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cli.airflow_api import AirflowApi
from cli.airflow_setup import load_setup
from core.config import PROJECT_ROOT
from core.errors import HomeError
from core.home import Home

PARTS = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
}
START_SECONDS = 180
STOP_SECONDS = 20
_SET_PARENT_DEATH_SIGNAL = 1


class Processes:
    """Started child processes by name, each the leader of its own group."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: list[str], variables: dict[str, str]) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        with self.log(name).open("wb") as log:
            self.children[name] = subprocess.Popen(
                command,
                env=variables,
                cwd=PROJECT_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - no threads here
            )

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def require_alive(self) -> None:
        """Raise HomeError with the last words of a part that has ended."""
        for name, child in self.children.items():
            if child.poll() is not None:
                lines = self.log(name).read_text(errors="replace").strip().splitlines()
                said = "\n".join(lines[-8:])
                raise HomeError(f"{name} ended by itself; {self.log(name)} ends with:\n{said}")

    def stop(self) -> None:
        """Ask every group to end, wait, then end by force what is left."""
        for child in self.children.values():
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
        for child in self.children.values():
            _signal_group(child, signal.SIGKILL)
            child.wait()
        self.children.clear()


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def die_with_parent() -> None:
    """Have the kernel end this child when the runner dies, even by kill -9 (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


@dataclass(frozen=True)
class Airflow:
    """A started Airflow: its API, its processes, and when they were started."""

    api: AirflowApi
    processes: Processes
    started: datetime


@contextmanager
def airflow(home: Home, variables: dict[str, str]) -> Iterator[Airflow]:
    """Airflow's parts running and its API answering, with the pools set; ended on exit.

    Raises:
        HomeError: a part ended while starting, or the API did not answer in time.
    """
    processes = Processes(home.airflow / "logs" / "processes")
    api = AirflowApi(variables["AIRFLOW__API__BASE_URL"])
    started = datetime.now(UTC)
    try:
        for name, words in PARTS.items():
            processes.start(name, [sys.executable, "-m", "airflow", *words], variables)
        deadline = time.monotonic() + START_SECONDS
        while not api.is_up():
            processes.require_alive()
            if time.monotonic() > deadline:
                raise HomeError(
                    f"Airflow did not answer in {START_SECONDS} s; see {processes.logs}."
                )
            time.sleep(0.25)
        for name, pool in load_setup().pools.items():  # somebody may have removed one in the UI
            api.ensure_pool(name, pool.slots, pool.description)
        yield Airflow(api, processes, started)
    finally:
        processes.stop()


@contextmanager
def local_site(folder: Path | None, port: int, logs: Path) -> Iterator[str | None]:
    """Serve the newsroom's own sites on loopback; yields host:port, None without a folder."""
    if folder is None:
        yield None
        return
    processes = Processes(logs)
    command = [sys.executable, "-m", "core.local_site", str(folder), "--port", str(port)]
    try:
        processes.start("local-site", command, dict(os.environ))
        yield f"127.0.0.1:{port}"
    finally:
        processes.stop()
