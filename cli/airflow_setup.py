"""What Airflow's own database must hold: the pools, connections and variables of a file.

Airflow's own `import` commands write it, so it works before any server is up, on SQLite and on
PostgreSQL. What the file does not name is left alone.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from core.config import PROJECT_ROOT
from core.config_model import Model
from core.errors import ConfigError, HomeError
from core.yaml_files import load_model

SETUP_FILE = PROJECT_ROOT / "dags" / "settings" / "airflow.yml"
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_IMPORTS = {
    "pools": ("pools", "import"),
    "connections": ("connections", "import", "--overwrite"),
    "variables": ("variables", "import", "--action-on-existing-key", "overwrite"),
}


class Pool(Model):
    """Tasks of a pool run `slots` at a time."""

    slots: Annotated[int, Field(ge=1, strict=True)]
    description: str = ""


class AirflowSetup(Model):
    """Pools by name, connections (URIs) by id, variables by key."""

    pools: dict[str, Pool]
    connections: dict[str, str]
    variables: dict[str, str]


def load_setup(path: Path = SETUP_FILE) -> AirflowSetup:
    """Read the file.

    Raises:
        ConfigError: a fault in it, with file and line.
    """
    return load_model(path, AirflowSetup)


def apply(setup: AirflowSetup, variables: dict[str, str]) -> None:
    """Write it into the metadata database that the environment `variables` names.

    Raises:
        ConfigError: a connection or a variable names an environment variable that is not set.
        HomeError: Airflow refused it; the text ends with what it said.
    """
    for kind, content in records(setup, variables).items():
        if content:
            _import(kind, content, variables)


def records(setup: AirflowSetup, environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What Airflow's import commands read, by kind; placeholders are filled in.

    Raises:
        ConfigError: a placeholder's environment variable is not set.
    """
    pools = {
        name: {**pool.model_dump(), "include_deferred": False} for name, pool in setup.pools.items()
    }
    return {
        "pools": pools,
        "connections": _filled("connection", setup.connections, environment),
        "variables": _filled("variable", setup.variables, environment),
    }


def _filled(kind: str, values: dict[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    for name, text in values.items():
        missing = [one for one in _PLACEHOLDER.findall(text) if one not in environment]
        if missing:
            raise ConfigError(
                f"the {kind} '{name}' of Airflow needs the environment variable {missing[0]}; "
                "set it."
            )
    return {
        name: _PLACEHOLDER.sub(lambda found: environment[found[1]], text)
        for name, text in values.items()
    }


def _import(kind: str, content: dict[str, Any], variables: dict[str, str]) -> None:
    """Hand Airflow a file that nobody else can read: a connection's URI may hold a password."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        path = Path(folder) / f"{kind}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        command, *rest = _IMPORTS[kind]
        words = [sys.executable, "-m", "airflow", command, rest[0], str(path), *rest[1:]]
        done = subprocess.run(
            words, env=variables, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
        )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise HomeError(f"Airflow's {kind} could not be set; it said:\n{said}")
