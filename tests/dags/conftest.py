"""The DAGs, read once."""

import json
import subprocess
import sys
from typing import Any

import pytest

from cli.airflow_env import environment, make_manifest
from core.config import PROJECT_ROOT
from core.home import Home

Described = dict[str, Any]


@pytest.fixture(scope="session")
def described(tmp_path_factory: pytest.TempPathFactory) -> Described:
    """What `tests.dags.describe` says of the DAGs folder, with the schedule on."""
    home = Home(tmp_path_factory.mktemp("dags") / "home")
    variables = environment(home, 8080)
    make_manifest(home, variables)
    command = [sys.executable, "-m", "tests.dags.describe", "dag-processor"]
    ended = subprocess.run(
        [*command, str(PROJECT_ROOT / "dags")],
        env=variables,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    found: Described = json.loads(ended.stdout.splitlines()[-1])
    found["home"] = str(home.root)
    found["manifest"] = json.loads((home.airflow / "dbt" / "manifest.json").read_bytes())
    return found


@pytest.fixture(scope="session")
def news(described: Described) -> Described:
    assert described["errors"] == {}
    dag: Described = described["dags"]["daily_news"]
    return dag
