"""One part of a server: the process that a container or a systemd unit runs.

    python -m cli.server init | api-server | scheduler | dag-processor | triggerer | writer | worker
    python -m cli.server clean DAYS        removes older task logs and rows of Airflow's history
    python -m cli.server airflow WORDS…    any command of Airflow with the server's settings

What each part needs from the environment: `cli/server_env.py`; how to run a server: docs/server.md.
"""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from cli.airflow_env import environment, free_port, make_manifest
from cli.airflow_processes import die_with_parent
from cli.airflow_setup import apply, load_setup
from cli.server_env import (
    PARTS,
    SECRETS,
    ServerError,
    server_settings,
    told,
    ui_users,
    with_database,
)
from core.alerts import load_alerts
from core.config import PROJECT_ROOT, config_folder, load_sources
from core.errors import BroadsheetError
from core.files import disk_told
from core.home import Home

UMASK = 0o027  # others see nothing but what `open_to_analysts` opens
_CLOSED_TO_OTHERS = 0o7770
FOLDERS = (
    "airflow", "alerts", "archive", "decisions", "enrich_cache", "kb", "landing", "lineage",
    "locks", "publications", "quality", "reports", "sealed", "state", "work",
)  # fmt: skip


def start(part: str) -> NoReturn:
    """Become the process of a part.

    Raises:
        BroadsheetError: the environment or the configuration is wrong, or the home is in use.
    """
    given = told(part, os.environ)
    home = Home.from_environment().require_writable()
    load_alerts()  # a fault in it would keep the DAG of the deadline from being read
    variables = server_environment(home, given)
    if part == "api-server":
        variables["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"] = str(_passwords_file())
    if part == "scheduler":
        _keep_other_runs_out(home)
    if part in {"writer", "worker"}:
        variables["TMPDIR"] = str(_temporary_folder(home))
        _serve_local_site(variables)
    _become(PARTS[part].words, variables)


def server_environment(home: Home, given: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a part's Airflow; secrets are in its settings, nowhere else."""
    kept = {name: value for name, value in environment(home, 8080).items() if name not in SECRETS}
    return {**kept, **server_settings(home, given), "BROADSHEET_SOURCES": str(sources_file())}


def initialise() -> None:
    """Make everything that must stand before the other parts start; harmless to do again.

    Raises:
        BroadsheetError: the configuration is wrong, or Airflow or dbt could not be prepared.
    """
    given = told("init", os.environ)
    home = Home.from_environment().require_writable()
    load_sources(sources_file())
    load_alerts()
    open_to_analysts(home)
    variables = server_environment(home, given)
    _airflow(variables, "db", "migrate")
    apply(load_setup(), variables)
    make_manifest(home, variables)
    print(f"Airflow's database and {home.root} are ready.")


def open_to_analysts(home: Home) -> None:
    """Let every user of the machine read what is published, and nothing else of the home.

    What the server makes later is closed by its UMASK, and what a command makes by the folder that
    it lies in; publications have a mode of their own. An entry of another user (a file system's
    lost+found) stays as it is.
    """
    for name in FOLDERS:
        (home.root / name).mkdir(parents=True, exist_ok=True)
    for entry in home.root.iterdir():
        if entry.is_symlink():
            continue
        try:
            entry.chmod(entry.stat().st_mode & _CLOSED_TO_OTHERS)
        except PermissionError:
            print(f"{entry} belongs to another user; its mode stays as it is.")
    home.root.chmod(0o711)  # the symlink to the current publication lies here
    home.publications.chmod(0o755)


def clean(days: int) -> NoReturn:
    """Remove task logs, and rows of Airflow's own history, that are older than `days`.

    Raises:
        ServerError: the environment does not say where that history is; nothing is removed.
    """
    home = Home.from_environment()
    variables = server_environment(home, with_database("clean", os.environ))
    before = datetime.now(UTC) - timedelta(days=days)
    folders = (home.airflow / "logs", _temporary_folder(home))
    removed = sum(remove_old_files(folder, before) for folder in folders)
    print(f"{removed} logs and leftovers of before {before:%Y-%m-%d} were removed.", flush=True)
    words = ("db", "clean", "--skip-archive", "--yes", "--clean-before-timestamp")
    _become((*words, before.isoformat()), variables)


def remove_old_files(folder: Path, before: datetime) -> int:
    """Remove files that were last changed before a moment, and folders that this left empty."""
    removed = 0
    for parent, _, names in os.walk(folder, topdown=False):
        for path in (Path(parent, name) for name in names):
            with suppress(FileNotFoundError):
                if path.lstat().st_mtime < before.timestamp():
                    path.unlink()
                    removed += 1
        if removed and Path(parent) != folder:
            with suppress(OSError):  # it is not empty
                Path(parent).rmdir()
    return removed


def sources_file() -> Path:
    """The newsroom that `$BROADSHEET_SOURCES` names, a file of the configuration or any other."""
    return config_folder() / (os.environ.get("BROADSHEET_SOURCES") or "sources.yml")


def _temporary_folder(home: Home) -> Path:
    """Where tasks spill what memory does not hold: a disk, while a container's /tmp is memory."""
    folder = home.airflow / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _passwords_file() -> Path:
    """What Airflow's login compares with, in a folder that only this process's user can read.

    Airflow wants it unencrypted; it lies in the api-server's own /tmp, never in the home.
    """
    users = ui_users(os.environ["BROADSHEET_UI_USERS"])
    path = Path(tempfile.mkdtemp(prefix="broadsheet-")) / "passwords.json"
    path.write_text(json.dumps({user.name: user.password for user in users}))
    path.chmod(0o600)
    return path


def _keep_other_runs_out(home: Home) -> None:
    """Hold the lock that `broadsheet run` and `up` take, as long as the scheduler lives."""
    descriptor = os.open(home.run_lock, os.O_WRONLY | os.O_CREAT, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ServerError(
            f"another scheduler, run or 'make up' is using {home.root}; end it first."
        ) from error
    os.set_inheritable(descriptor, True)


def _serve_local_site(variables: dict[str, str]) -> None:
    """Serve the newsroom's own sites, where it has any, on this worker's loopback."""
    sources = sources_file()
    newsroom = load_sources(sources)
    if newsroom.local_site is None:
        return
    port = str(free_port())
    folder = str(sources.parent / newsroom.local_site)
    subprocess.Popen(
        [sys.executable, "-m", "core.local_site", folder, "--port", port],
        cwd=PROJECT_ROOT,
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - no threads here
    )
    variables["BROADSHEET_LOCAL_SITE"] = f"127.0.0.1:{port}"


def _airflow(variables: dict[str, str], *words: str) -> None:
    """Run a command of Airflow; what it says goes on to this process's own output."""
    command = [sys.executable, "-m", "airflow", *words]
    done = subprocess.run(command, env=variables, cwd=PROJECT_ROOT, check=False)
    if done.returncode:
        raise ServerError(f"'airflow {' '.join(words)}' failed; what it said stands above.")


def _become(words: tuple[str, ...], variables: dict[str, str]) -> NoReturn:
    os.chdir(PROJECT_ROOT)
    command = [sys.executable, "-m", "airflow", *words]
    os.execve(sys.executable, command, variables)  # noqa: S606 - no shell is meant


def main(words: list[str]) -> None:
    """Do what `words` say; ends with 1 and one sentence if that cannot be."""
    os.umask(UMASK)
    try:
        with disk_told(Home.from_environment().root):
            _do(words)
    except BroadsheetError as error:
        sys.exit(f"broadsheet: {error}")


def _do(words: list[str]) -> None:
    match words:
        case ["init"]:
            initialise()
        case ["clean", days] if days.isdecimal():
            clean(int(days))
        case ["airflow", *rest]:
            given = with_database("airflow", os.environ)
            _become(tuple(rest), server_environment(Home.from_environment(), given))
        case [part] if part in PARTS:
            start(part)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
