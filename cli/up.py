"""`broadsheet up` and `down`: Airflow with its UI and the daily schedule, until it is stopped.

    python -m cli.up [SOURCES]

stays in the foreground (a container, a service manager) and ends on SIGTERM.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from cli.airflow_env import environment, free_port, is_free, lineage, prepare
from cli.airflow_processes import airflow, local_site
from cli.run import DAGS, busy, leave, wait_for_dags
from core.alerts import load_alerts
from core.config import PROJECT_ROOT, config_folder, load_sources
from core.errors import HomeError
from core.files import exclusive_lock, read_json, write_json
from core.home import Home
from core.run_ids import NEWS

WAIT_SECONDS = 240


def ui_port() -> int:
    """8080, or what `$BROADSHEET_UI_PORT` says."""
    return int(os.environ.get("BROADSHEET_UI_PORT") or 8080)


def up(sources: Path | None) -> int:
    """Start Airflow in the background and tell where its UI is and when the next run is.

    Raises:
        BroadsheetError: it runs already, the port is taken, or it did not start.
    """
    console = Console(highlight=False, soft_wrap=True)
    home = Home.from_environment().require_writable()
    load_sources(sources or config_folder() / "sources.yml")
    load_alerts()
    lineage(home)  # a fault in it is told here, not in the log
    with exclusive_lock(home.run_lock, refuse=lambda: busy(home)):
        _require_port()
        _record(home).unlink(missing_ok=True)
    console.print(f"Starting Airflow in {home.airflow} …")
    home.airflow.mkdir(parents=True, exist_ok=True)
    log = home.airflow / "up.log"
    command = [sys.executable, "-m", "cli.up", *([str(sources.resolve())] if sources else [])]
    with log.open("wb") as said:
        keeper = subprocess.Popen(
            command,
            env={**os.environ, "BROADSHEET_HOME": str(home.root)},
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + WAIT_SECONDS
    while not _record(home).exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            keeper.terminate()
            raise HomeError(f"Airflow did not start; {log} ends with:\n{_end_of(log)}")
        time.sleep(0.5)
    record = read_json(_record(home))
    console.print(f"Airflow: {record['address']} (DAG {NEWS}; next run {record['next_run']})")
    console.print("Stop it with: make down")
    return 0


def down() -> int:
    """Stop what `up` started; 0 also when nothing was up."""
    console = Console(highlight=False, soft_wrap=True)
    home = Home.from_environment()
    record = _record(home)
    if not record.exists():
        console.print(f"Nothing of {home.root} is up.")
        return 0
    pid = int(read_json(record)["pid"])
    if not _is_keeper(pid):
        record.unlink()
        console.print(f"Nothing of {home.root} is up any more.")
        return 0
    os.kill(pid, signal.SIGTERM)
    while _is_keeper(pid):
        time.sleep(0.2)
    record.unlink(missing_ok=True)
    console.print("Airflow is down.")
    return 0


def keep(sources: Path | None) -> None:
    """Start Airflow, switch the daily schedule on, and stay until SIGTERM or a part's end."""
    signal.signal(signal.SIGTERM, leave)
    home = Home.from_environment().require_writable()
    given = (sources or config_folder() / "sources.yml").resolve()
    newsroom = load_sources(given)
    folder = given.parent / newsroom.local_site if newsroom.local_site else None
    host = os.environ.get("BROADSHEET_UI_HOST", "127.0.0.1")
    logs = home.airflow / "logs" / "processes"
    with (
        exclusive_lock(home.run_lock, refuse=lambda: busy(home)),
        local_site(folder, free_port(), logs) as site,
    ):
        _require_port()
        variables = {**environment(home, ui_port(), host), "BROADSHEET_SOURCES": str(given)}
        if site:
            variables["BROADSHEET_LOCAL_SITE"] = site
        prepare(home, variables)
        with airflow(home, variables) as flow:
            wait_for_dags(flow)
            for dag in DAGS:
                flow.api.patch(f"/dags/{dag}", {"is_paused": False})
            due = datetime.fromisoformat(flow.api.get(f"/dags/{NEWS}")["next_dagrun_run_after"])
            record = {
                "pid": os.getpid(),
                "address": flow.api.address,
                "next_run": f"{due.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
            }
            write_json(_record(home), record)
            try:
                while True:
                    flow.processes.require_alive()
                    time.sleep(1)
            finally:
                for dag in DAGS:  # `run` must not find an overdue run to start
                    flow.api.patch(f"/dags/{dag}", {"is_paused": True})
                _record(home).unlink(missing_ok=True)


def _record(home: Home) -> Path:
    return home.airflow / "up.json"


def _require_port() -> None:
    if not is_free(ui_port()):
        raise HomeError(
            f"port {ui_port()} of 127.0.0.1 is taken by another program; end it (is another "
            "Broadsheet up?), or name another port in BROADSHEET_UI_PORT."
        )


def _is_keeper(pid: int) -> bool:
    """Whether `pid` is a living `python -m cli.up`, not a number used again."""
    with suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return b"cli.up" in words
    return False


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").strip().splitlines()[-12:])


if __name__ == "__main__":
    keep(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
