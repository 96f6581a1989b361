"""docker-compose.yml as its tools see it: variables filled in, anchors followed."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from shutil import copy
from typing import Any

import yaml

from core.config import PROJECT_ROOT

FILE = PROJECT_ROOT / "docker-compose.yml"
_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?:(:-|:\?)([^}]*))?\}")


class MissingVariable(Exception):
    """A variable that the file demands is empty: its name, and what the file says to that."""


def services(given: Mapping[str, str]) -> dict[str, Any]:
    """The file's services by name, interpolated with `given`.

    Raises:
        MissingVariable: one of `${NAME:?…}` is not given.
    """
    file = yaml.safe_load(FILE.read_bytes())
    filled: dict[str, Any] = _fill(file["services"], given)
    for service in filled.values():
        environment = service.get("environment", {})
        # A variable without a value is passed through where it is set.
        passed = {name: given.get(name) for name in environment if environment[name] is None}
        service["environment"] = {
            name: str(value)
            for name, value in {**environment, **passed}.items()
            if value is not None
        }
    return filled


def _fill(node: Any, given: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {name: _fill(value, given) for name, value in node.items()}
    if isinstance(node, list):
        return [_fill(value, given) for value in node]
    return (
        _VARIABLE.sub(lambda found: _value(found, given), node) if isinstance(node, str) else node
    )


def _value(found: re.Match[str], given: Mapping[str, str]) -> str:
    name, kind, words = found.groups()
    if name is None:
        return "$"
    if given.get(name):
        return given[name]
    if kind == ":?":
        raise MissingVariable(f"{name} {words}")
    return words or ""


def make_secrets(folder: Path) -> dict[str, str]:
    """Run bin/make-secrets on a copy in `folder`; the variables of the `.env` that it wrote."""
    (folder / "bin").mkdir(parents=True)
    script = copy(PROJECT_ROOT / "bin" / "make-secrets", folder / "bin")
    copy(PROJECT_ROOT / ".env.example", folder)
    subprocess.run([script], check=True, stdout=subprocess.DEVNULL)
    lines = (folder / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]\w*=", line))
