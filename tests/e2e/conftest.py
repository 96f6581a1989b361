"""One edition of the sample newsroom for all tests of a session that only look at it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from core.config import PROJECT_ROOT, config_folder
from core.home import Home
from tests.e2e import offline


@dataclass(frozen=True)
class Line:
    """A home in which the sample edition was published, and replayed by a second run."""

    home: Home
    was_offline: bool

    @property
    def first(self) -> Path:
        return self.home.publication("p000001")

    @property
    def replayed(self) -> Path:
        return self.home.publication("p000002")

    @property
    def brief(self) -> Path:
        (found,) = self.home.root.glob("reports/*/brief.html")
        return found


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    """Every station on the sample newsroom, twice, cut off from the network where allowed."""
    root = tmp_path_factory.mktemp("line") / "home"
    environment = {**os.environ, "BROADSHEET_HOME": str(root)}
    sources = str(config_folder() / "sources.yml")
    stations = [sys.executable, "-m", "tests.e2e.sample_run", sources, "first", "replay"]
    ended = subprocess.run(
        [*offline.prefix(), *stations],
        cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-5000:]
    return Line(Home(root), was_offline=bool(offline.prefix()))


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home that all tests of the group `airflow` share, one after the other."""
    return Home(tmp_path_factory.mktemp("airflow") / "home")


@pytest.fixture(scope="session")
def published(line: Line) -> duckdb.DuckDBPyConnection:
    """The publication of the first run, read-only."""
    return duckdb.connect(str(line.first), read_only=True)
