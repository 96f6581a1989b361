"""The Airflow of one home: its settings as code, its database and the dbt manifest, made once.

    python -m cli.airflow_env [--apply]

makes or refreshes what Airflow needs under `$BROADSHEET_HOME/airflow` without starting it; with
`--apply` its pools, connections and variables are written again, whatever somebody changed by hand.
"""

import hashlib
import json
import os
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from cli.airflow_setup import SETUP_FILE, apply, load_setup
from core.config import DBT_PROJECT, PROJECT_ROOT
from core.errors import ConfigError, HomeError
from core.files import write_bytes
from core.home import Home

WORKERS = 4
_WORKER_LOG_PORT = 8793  # Airflow's own; never offered as a free one
_MIGRATED = "migrated-"  # with a version of Airflow: the mark of a migrated database


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port != _WORKER_LOG_PORT:
            return port


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def settings(home: Home, port: int, host: str = "127.0.0.1") -> dict[str, str]:
    """Airflow's settings as environment variables; `port` is that of UI and API."""
    address = f"http://127.0.0.1:{port}"
    return {
        "AIRFLOW_HOME": str(home.airflow),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT_ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT_ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(WORKERS),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "true",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__API__HOST": host,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__INSTANCE_NAME": "Broadsheet",
        "AIRFLOW__API__MAXIMUM_PAGE_LIMIT": "1000",
        # A lost task is noticed after a minute, not five.
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        # A task that closes its sockets before it ends holds its place for one such interval.
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",
        "AIRFLOW__DAG_PROCESSOR__PRINT_STATS_INTERVAL": "600",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "false",
        "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "false",
        "AIRFLOW__COSMOS__CACHE_DIR": str(home.airflow / "cosmos"),
        # What a killed producer reported is rebuilt by the models' own tasks, so it need not be
        # written to the database again at every step.
        "AIRFLOW__COSMOS__ENABLE_WATCHER_RELIABLE_RETRY": "false",
        **lineage(home),
        # Each enriching process has a core of its own; more threads only get in its way.
        "OPENBLAS_NUM_THREADS": "1",
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "GX_ANALYTICS_ENABLED": "false",
    }


def lineage(home: Home) -> dict[str, str]:
    """OpenLineage events to a file a day, or as `$BROADSHEET_LINEAGE` (JSON) says; `off` for none.

    Left out are DAGs and tasks that read and write nothing that anybody would follow.

    Raises:
        ConfigError: `$BROADSHEET_LINEAGE` is neither; each task would say so in its log alone.
    """
    wanted = os.environ.get("BROADSHEET_LINEAGE", "")
    if wanted == "off":
        return {"AIRFLOW__OPENLINEAGE__DISABLED": "true"}
    if wanted and not _is_transport(wanted):  # not repeated: it may hold a key
        raise ConfigError(
            "BROADSHEET_LINEAGE must be 'off' or a JSON object with the type of a transport, "
            'such as {"type": "http", "url": "http://127.0.0.1:5000"}.'
        )
    file = {"type": "dags.lineage.DailyFile", "folder": str(home.root / "lineage")}
    silent = (
        {"dag_id": "collect_news"},
        {"dag_id": "publication_deadline"},
        {"operator": "cosmos.operators.watcher.DbtTestWatcherOperator"},
        {"operator": "airflow.providers.standard.operators.empty.EmptyOperator"},
    )
    policy = [{"scope": scope, "controls": {"emit": False}} for scope in silent]
    extractors = (f"dags.lineage.{one}" for one in ("Stations", "Build", "Models"))
    return {
        "AIRFLOW__OPENLINEAGE__NAMESPACE": "broadsheet",
        "AIRFLOW__OPENLINEAGE__TRANSPORT": wanted or json.dumps(file),
        "AIRFLOW__OPENLINEAGE__EXTRACTORS": ";".join(extractors),
        "AIRFLOW__OPENLINEAGE__EMISSION_POLICY": json.dumps(policy),
        # A fork of a task's process costs more than what it does, and its threads are not in it.
        "AIRFLOW__OPENLINEAGE__EXECUTE_IN_THREAD": "true",
    }


def _is_transport(text: str) -> bool:
    try:
        read = json.loads(text)
    except ValueError:
        return False
    return isinstance(read, dict) and isinstance(read.get("type"), str)


def environment(home: Home, port: int, host: str = "127.0.0.1") -> dict[str, str]:
    """The whole environment of an Airflow process: the caller's without its own Airflow's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    path = os.pathsep.join([str(PROJECT_ROOT), str(PROJECT_ROOT / "dags" / "settings")])
    programs = str(Path(sys.executable).parent)
    return {
        **kept,
        **settings(home, port, host),
        "PATH": os.pathsep.join([programs, kept.get("PATH", "")]),
        "PYTHONPATH": path,
        "BROADSHEET_HOME": str(home.root),
    }


def prepare(home: Home, variables: dict[str, str], *, again: bool = False) -> None:
    """Migrate the database once per Airflow version; parse the dbt project once per content.

    Pools, connections and variables are written once per content of their file, or `again`.

    Raises:
        ConfigError: the file of pools, connections and variables is wrong.
        HomeError: one of these failed; the text ends with what it said.
    """
    home.airflow.mkdir(parents=True, exist_ok=True)
    migrated = home.airflow / f"{_MIGRATED}{version('apache-airflow')}"
    if not migrated.exists():
        _call([sys.executable, "-m", "airflow", "db", "migrate"], variables, "Airflow's database")
        write_bytes(migrated, b"")
    applied, content = home.airflow / "applied-setup", SETUP_FILE.read_bytes()
    if again or not applied.exists() or applied.read_bytes() != content:
        apply(load_setup(), variables)
        write_bytes(applied, content)
    make_manifest(home, variables)


def is_prepared(home: Home) -> bool:
    """Whether `prepare` ever made this home's own database."""
    return any(home.airflow.glob(f"{_MIGRATED}*"))


def make_manifest(home: Home, variables: dict[str, str]) -> Path:
    """Parse the dbt project into `airflow/dbt/manifest.json` unless it is that of this content."""
    folder = home.airflow / "dbt"
    path, stamp = folder / "manifest.json", folder / "parsed-content"
    content = _project_hash().encode()
    if path.exists() and stamp.exists() and stamp.read_bytes() == content:
        return path
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "dbt.cli.main", "--quiet", "parse", "--no-partial-parse"]
    command += ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    command += ["--target-path", str(folder), "--log-path", str(folder)]
    _call(command, variables, "the dbt project")
    write_bytes(stamp, content)
    return path


def _project_hash() -> str:
    """Of every file that dbt reads, and of dbt's own version."""
    digest = hashlib.sha256(version("dbt-core").encode())
    files = (one for kind in ("sql", "yml", "csv", "md") for one in DBT_PROJECT.rglob(f"*.{kind}"))
    for file in sorted(files):
        digest.update(str(file.relative_to(DBT_PROJECT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _call(command: list[str], variables: dict[str, str], what: str) -> None:
    done = subprocess.run(
        command, env=variables, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise HomeError(f"{what} could not be prepared; it said:\n{said}")


if __name__ == "__main__":
    _home = Home.from_environment().require_writable()
    prepare(_home, environment(_home, 8080), again="--apply" in sys.argv[1:])
