"""`broadsheet airflow …`: Airflow's own command line, with the settings of this home."""

import os
import sys
from collections.abc import Sequence

from cli.airflow_env import environment
from cli.up import ui_port
from core.config import PROJECT_ROOT
from core.home import Home


def airflow(words: Sequence[str]) -> None:
    """Become `airflow WORDS`; never returns.

    Raises:
        HomeError: the home cannot be written.
    """
    home = Home.from_environment().require_writable()
    os.chdir(PROJECT_ROOT)
    command = [sys.executable, "-m", "airflow", *words]
    os.execve(sys.executable, command, environment(home, ui_port()))  # noqa: S606 - no shell
