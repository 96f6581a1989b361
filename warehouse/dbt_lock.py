"""A dbt-duckdb plugin: dbt takes the writer lock before it opens the candidate.

The lock is the flock of `$BROADSHEET_WRITER_LOCK`. It is held until the process ends, however
it ends, or until `release`: dbt opens and closes the candidate several times in one command, and
nobody may write between.
"""

import fcntl
import os
from pathlib import Path
from typing import IO, Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

LOCK_VARIABLE = "BROADSHEET_WRITER_LOCK"
_held: list[IO[str]] = []


class Plugin(BasePlugin):  # type: ignore[misc] # dbt-duckdb has no types
    """Named in the profile as `module: warehouse.dbt_lock`."""

    def update_connection_config(
        self,
        creds: DuckDBCredentials,  # noqa: ARG002 - the signature is dbt-duckdb's
        config: dict[str, Any],  # noqa: ARG002
    ) -> None:
        """Called by dbt-duckdb before it connects; waits for the lock."""
        acquire()


def acquire() -> None:
    """Take the lock unless this process holds it already."""
    if _held:
        return
    path = os.environ.get(LOCK_VARIABLE)
    if not path:
        raise DbtRuntimeError(f"set {LOCK_VARIABLE} to the writer.lock of your $BROADSHEET_HOME.")
    file = Path(path).open("a")  # noqa: SIM115 - held beyond this function on purpose
    fcntl.flock(file, fcntl.LOCK_EX)
    _held.append(file)


def release() -> None:
    """Give the lock back, if held, once dbt has closed the candidate."""
    while _held:
        _held.pop().close()
