"""The services of docker-compose.yml as processes of this machine, where no container engine is.

Commands, variables, users, health checks, dependencies and restarts are those of the file; only
hosts, ports and folders are others. What an image brings itself (PostgreSQL's first start) is
done here.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from core.config import PROJECT_ROOT
from tests.support.compose import services
from tests.support.serving import free_port

HEALTHY_SECONDS = 180
_LOOK_EVERY_SECONDS = 0.5
_WEIGH_EVERY_LOOKS = 6


@dataclass
class Container:
    """A service of the file, and the process that stands for its container."""

    name: str
    service: dict[str, Any]
    process: "subprocess.Popen[bytes] | None" = None
    wanted: bool = False
    starts: int = 0

    @property
    def tree(self) -> list[psutil.Process]:
        """Its process with all that came of it."""
        if self.process is None or self.process.poll() is not None:
            return []
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]


class Containers:
    """`docker compose` in small: up, kill, restart, stop; a thread restarts what ended."""

    def __init__(self, folder: Path, given: Mapping[str, str]) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.ports = {name: free_port() for name in ("postgres", "redis", "api-server")}
        self.all = {name: Container(name, one) for name, one in services(given).items()}
        self.peak_megabytes: dict[str, int] = {}
        self._ending = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        for name in ("home", "redis", "logs", "tmp", "run"):
            (folder / name).mkdir(parents=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ports['api-server']}"

    # what an operator does ---------------------------------------------------------------------

    def up(self, *names: str) -> None:
        """Start services in the order of their dependencies, each when those are well."""
        for name in ("home", "redis", "tmp", "run"):
            _own(self.folder / name, self.all["redis" if name == "redis" else "init"])
        self._keeper.start()
        for name in names:
            self._up(name)
        for name in names:
            if self.all[name].wanted:
                self.wait_healthy(name)

    def kill(self, name: str) -> None:
        """SIGKILL for every process of a container at once, as the kernel does it."""
        _kill(self.all[name].tree)

    @contextmanager
    def stopped(self, name: str) -> Iterator[None]:
        """A container whose processes stand still meanwhile."""
        tree = self.all[name].tree
        for process in tree:
            process.suspend()
        try:
            yield
        finally:
            for process in tree:
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    def restart(self, name: str) -> None:
        """As `docker compose restart`: ask it to stop, then start it."""
        container = self.all[name]
        container.wanted = False
        self._stop(container)
        self._start(container)

    def down(self) -> None:
        self._ending.set()
        for container in self.all.values():
            container.wanted = False
        for name in ("scheduler", "dag-processor", "triggerer", "writer", "worker", "api-server"):
            self._ask_to_stop(self.all[name])
        for container in reversed(self.all.values()):
            self._stop(container)

    def wait_healthy(self, name: str) -> None:
        deadline = time.monotonic() + HEALTHY_SECONDS
        while not self.is_healthy(name):
            if time.monotonic() > deadline:
                raise AssertionError(f"{name} is not well; its log ends with:\n{self.log(name)}")
            time.sleep(_LOOK_EVERY_SECONDS)

    def is_healthy(self, name: str) -> bool:
        """Whether the container's own health check says so."""
        kind, *words = self.all[name].service["healthcheck"]["test"]
        command = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
        return self.run(name, command).returncode == 0

    def run(self, name: str, command: list[str]) -> "subprocess.CompletedProcess[str]":
        """A command in a service's environment and as its user, as `docker compose exec`."""
        return subprocess.run(
            [*_as_user(self.all[name]), *(self._translated(word) for word in command)],
            env=self._environment(name),
            cwd=self.folder / "tmp",
            capture_output=True,
            text=True,
            check=False,
        )

    def log(self, name: str, lines: int = 30) -> str:
        path = self.folder / "logs" / f"{name}.log"
        text = path.read_text("utf-8", "replace") if path.exists() else "it was not started"
        return "\n".join(text.splitlines()[-lines:])

    # how it is done --------------------------------------------------------------------------

    def _up(self, name: str) -> None:
        container = self.all[name]
        if container.starts:
            return
        for needed, how in container.service.get("depends_on", {}).items():
            self._up(needed)
            if how["condition"] == "service_completed_successfully":
                self._wait_completed(needed)
            else:
                self.wait_healthy(needed)
        self._start(container)

    def _start(self, container: Container) -> None:
        service = container.service
        if container.name == "postgres":
            command = self._postgres(container)
        else:
            command = [*service.get("entrypoint", []), *service["command"]]
        with (self.folder / "logs" / f"{container.name}.log").open("ab") as log:
            container.process = subprocess.Popen(
                [*_as_user(container), *(self._translated(word) for word in command)],
                env=self._environment(container.name),
                cwd=self.folder / "tmp",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o022,
            )
        container.starts += 1
        container.wanted = service.get("restart") == "unless-stopped"

    def _wait_completed(self, name: str) -> None:
        process = self.all[name].process
        assert process is not None
        assert process.wait(HEALTHY_SECONDS) == 0, self.log(name)

    def _keep(self) -> None:
        """Start again what ended by itself and shall not."""
        for look in count():
            if self._ending.wait(_LOOK_EVERY_SECONDS):
                return
            if look % _WEIGH_EVERY_LOOKS == 0:
                self._weigh()
            for container in self.all.values():
                ended = container.process is not None and container.process.poll() is not None
                if container.wanted and ended and not self._ending.is_set():
                    self._start(container)

    def _weigh(self) -> None:
        for name, container in self.all.items():
            with suppress(psutil.Error, OSError):
                used = sum(process.memory_full_info().pss for process in container.tree)
                self.peak_megabytes[name] = max(round(used / 1e6), self.peak_megabytes.get(name, 0))

    def _ask_to_stop(self, container: Container) -> None:
        if container.process is not None and container.process.poll() is None:
            fast = container.name == "postgres"  # its image says so
            container.process.send_signal(signal.SIGINT if fast else signal.SIGTERM)

    def _stop(self, container: Container) -> None:
        if container.process is None:
            return
        left = container.tree
        self._ask_to_stop(container)
        try:
            container.process.wait(20)
        except subprocess.TimeoutExpired:
            container.process.kill()
            container.process.wait()
        _kill(left)  # as the end of a container does

    def _environment(self, name: str) -> dict[str, str]:
        kept = {"PATH": _path(), "PYTHONPATH": str(PROJECT_ROOT), "LANG": "C.UTF-8"}
        mine = self.all[name].service["environment"]
        ports = {
            "POSTGRES_PORT": str(self.ports["postgres"]),
            "REDIS_PORT": str(self.ports["redis"]),
            "BROADSHEET_UI_PORT": str(self.ports["api-server"]),
            "BROADSHEET_SCHEDULE": "off",  # whatever hour strikes meanwhile
            "LOGNAME": "pipeline",  # the image knows the user's name
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.ports["postgres"]),
        }
        return kept | ports | {key: self._translated(value) for key, value in mine.items()}

    def _translated(self, word: str) -> str:
        """What is said of the containers' network and folders, said of this machine's."""
        if word in {"postgres", "redis", "0.0.0.0"}:
            return "127.0.0.1"
        for inside, outside in (
            ("http://api-server:8080", self.address),
            ("/srv/broadsheet", str(PROJECT_ROOT)),
            ("redis-server -", f"redis-server - --bind 127.0.0.1 --port {self.ports['redis']}"),
            ("redis-cli ", f"redis-cli -p {self.ports['redis']} "),
            ("--dir /data", f"--dir {self.folder / 'redis'}"),
        ):
            word = word.replace(inside, outside)
        return {"/data": str(self.home), "/tmp": str(self.folder / "tmp")}.get(word, word)

    def _postgres(self, container: Container) -> list[str]:
        """What PostgreSQL's image does: make the cluster once, then serve it."""
        data = self.folder / "postgres"
        if not data.exists():
            data.mkdir()
            _own(data, container)
            self._initdb(container, data)
        return [
            _postgres_program("postgres"), "-D", str(data), "-k", str(data),
            "-c", "listen_addresses=localhost", "-p", str(self.ports["postgres"]),
        ]  # fmt: skip

    def _initdb(self, container: Container, data: Path) -> None:
        said = container.service["environment"]
        password = self.folder / "password"
        password.write_text(said["POSTGRES_PASSWORD"])
        _own(password, container)
        words = [_postgres_program("initdb"), "-D", str(data), "-U", said["POSTGRES_USER"]]
        words += ["--auth=scram-sha-256", "--pwfile", str(password), "--encoding=UTF8"]
        single = [_postgres_program("postgres"), "--single", "-D", str(data), "postgres"]
        order = f'create database "{said["POSTGRES_DB"]}"\n'
        for command, said_to in ((words, ""), (single, order)):
            subprocess.run(
                [*_as_user(container), *command],
                input=said_to, text=True, check=True, stdout=subprocess.DEVNULL, cwd=data,
            )  # fmt: skip


def _as_user(container: Container) -> list[str]:
    """Words before a command: it ends with this process, and runs as the file's user.

    Only root can become another user. That user may read everything, since the interpreter may
    lie in root's own home; what it may write is as in the container.
    """
    if os.getuid() != 0:
        return ["setpriv", "--pdeathsig=TERM"]
    user, group = _ids(container)
    right = "-all,+dac_read_search"
    return [
        "setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--pdeathsig=TERM",
        f"--inh-caps={right}", f"--ambient-caps={right}", f"--bounding-set={right}",
    ]  # fmt: skip


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # also where its number belongs to another now
            process.kill()


def _ids(container: Container) -> tuple[int, int]:
    user, _, group = str(container.service["user"]).partition(":")
    if user.isdecimal():
        return int(user), int(group)
    entry = pwd.getpwnam(user)
    return entry.pw_uid, entry.pw_gid


def _own(folder: Path, container: Container) -> None:
    if os.getuid() == 0:
        os.chown(folder, *_ids(container))


def _path() -> str:
    """Where `python` and `broadsheet` are those of this environment."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def _postgres_program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    program = str(found[-1]) if found else shutil.which(name)
    assert program, "PostgreSQL is missing (Debian: apt-get install postgresql)"
    return program


def missing_programs() -> str | None:
    """What is missing for a server by hand, in a sentence; None if nothing."""
    has_postgres = any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb")
    missing = [] if has_postgres else ["postgresql"]
    missing += [] if shutil.which("redis-server") else ["redis-server"]
    return f"missing: {', '.join(missing)} (Debian: apt-get install)" if missing else None
