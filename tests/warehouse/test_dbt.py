"""dbt builds a run's candidate under the writer lock, and tells which node failed."""

import os
import subprocess
import sys

import duckdb
import pytest
from dbt_common.exceptions import DbtRuntimeError

from core.config import PROJECT_ROOT
from core.home import Home
from tests.warehouse.newsroom import land
from warehouse import dbt_lock
from warehouse.candidate import open_candidate
from warehouse.database import open_for_writing
from warehouse.dbt import BuildFailed, build

_TRY_LOCK = """
import fcntl, sys
try:
    fcntl.flock(open(sys.argv[1], "a"), fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    sys.exit(3)
"""
_HOLD_LOCK = """
import sys
from warehouse.dbt_lock import acquire
acquire()
print("held", flush=True)
input()
"""


def _is_locked(home: Home) -> bool:
    command = [sys.executable, "-c", _TRY_LOCK, str(home.writer_lock)]
    return subprocess.run(command, check=False).returncode == 3


def test_a_build_fills_the_marts_and_a_failing_test_is_named(newsroom: Home) -> None:
    run = land(newsroom, "2026-10-01", ["a", "b"])
    open_candidate(run.run_id)
    counts = build(run.run_id)
    assert {"success", "pass"} <= set(counts) <= {"success", "pass", "no-op"}  # no-op: ephemeral
    assert not _is_locked(newsroom), "the lock is given back"
    with duckdb.connect(str(newsroom.candidate(run.run_id)), read_only=True) as connection:
        count = connection.execute("select count(*) from marts.dim_article").fetchone()
    assert count == (2,)
    assert not list(run.work.glob("*.wal"))

    with open_for_writing(newsroom.scratch(run.run_id), run.work / "spill") as connection:
        connection.execute("update raw.mention set surface = 'moved'")
    with pytest.raises(BuildFailed, match=r"run-2026-10-01: .*fct_entity_mention.*2 results"):
        build(run.run_id)
    assert not _is_locked(newsroom)


def test_the_lock_is_held_until_the_process_ends(home: Home) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT_ROOT),
        dbt_lock.LOCK_VARIABLE: str(home.writer_lock),
    }
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD_LOCK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert _is_locked(home)
        holder.kill()
    assert not _is_locked(home), "the kernel frees it after kill -9"


def test_the_lock_is_taken_once_and_given_back(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(dbt_lock.LOCK_VARIABLE, str(home.writer_lock))
    dbt_lock.acquire()
    dbt_lock.acquire()
    assert _is_locked(home)
    dbt_lock.release()
    assert not _is_locked(home)


def test_dbt_without_the_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(dbt_lock.LOCK_VARIABLE, raising=False)
    with pytest.raises(DbtRuntimeError, match=dbt_lock.LOCK_VARIABLE):
        dbt_lock.acquire()
