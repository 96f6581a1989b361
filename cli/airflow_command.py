"""`broadsheet airflow …`: Airflow's own command line, with the settings of this home."""

import os
import sys
from collections.abc import Sequence

from cli.airflow_env import environment, is_prepared
from cli.up import ui_port
from core.config import PROJECT_ROOT
from core.errors import HomeError
from core.home import Home

HELP = {"--help", "-h"}  # asks no database


def airflow(words: Sequence[str]) -> None:
    """Become `airflow WORDS`; never returns.

    Raises:
        HomeError: the home cannot be written, or has no Airflow of its own.
    """
    home = Home.from_environment()
    if not HELP.intersection(words):
        _require_prepared(home)
    home.require_writable()
    os.chdir(PROJECT_ROOT)
    command = [sys.executable, "-m", "airflow", *words]
    os.execve(sys.executable, command, environment(home, ui_port()))  # noqa: S606 - no shell


def _require_prepared(home: Home) -> None:
    """A server's Airflow knows another database; a new SQLite file would look like an empty one."""
    if not is_prepared(home):
        raise HomeError(
            f"no Airflow was ever started in {home.root}; start it with 'make up', or, "
            "where a server runs, say 'python -m cli.server airflow …' there (docs/server.md)."
        )
