"""Where the UI is reached: on a host of its own, or behind a proxy's prefix."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from cli.airflow_env import environment
from core.config import PROJECT_ROOT
from core.home import Home

PATHS = {
    "http://127.0.0.1:8080": ["", "/broadsheet"],
    "http://127.0.0.1:8080/": ["", "/broadsheet"],
    "https://news.example.org/airflow/": ["/airflow", "/airflow/broadsheet"],
    "": ["", "/broadsheet"],
}
ASK = """
import json, os, sys
from dags import addresses
from plugins.broadsheet_ui import BroadsheetPlugin

def told(base):
    os.environ["AIRFLOW__API__BASE_URL"] = base
    return [addresses.airflow_path(), addresses.pages_path()]

print(json.dumps([{base: told(base) for base in json.loads(sys.argv[1])},
    told("https://x.org/a") and [one["href"] for one in BroadsheetPlugin().external_views]]))
"""


def test_a_proxys_prefix_is_kept(described: dict[str, Any]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(list(PATHS))], cwd=PROJECT_ROOT,
        env=environment(Home(Path(described["home"])), 8080), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    told, links = json.loads(ended.stdout.splitlines()[-1])
    assert told == PATHS
    assert "/a/broadsheet/publications" in links
    assert "/a/broadsheet/runs/{DAG_ID}/{RUN_ID}/data-docs" in links
    assert all(one.startswith("/a/broadsheet/") for one in links)
