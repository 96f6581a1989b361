"""Healthy editions for the gate to judge: landed alone, and built into a candidate."""

import shutil
from pathlib import Path

import pytest

from core.files import read_json, write_json
from core.home import Home
from core.plan import Run, close_edition
from expectations.gate import check_landing
from tests.expectations.healthy import healthy_tables, plan, write_configuration, write_tables
from warehouse.candidate import open_candidate
from warehouse.dbt import build


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's newsroom, named in the environment."""
    folder = tmp_path / "config"
    write_configuration(folder)
    monkeypatch.setenv("BROADSHEET_CONFIG", str(folder))
    return folder


@pytest.fixture
def run(home: Home, config: Path) -> Run:
    """A planned run in an empty home."""
    return plan("run-1", config)


@pytest.fixture(scope="session")
def built_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one healthy edition, built into a candidate and not yet judged."""
    root = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_HOME", str(root / "home"))
        patch.setenv("BROADSHEET_CONFIG", str(root / "config"))
        write_configuration(root / "config")
        run = plan("run-1", root / "config")
        write_tables(run, healthy_tables(run))
        close_edition(run)
        check_landing(run.run_id)
        open_candidate(run.run_id)
        build(run.run_id)
    return root / "home"


@pytest.fixture
def built(built_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of the built home, for a test to damage."""
    root = tmp_path / "home"
    shutil.copytree(built_home, root)
    monkeypatch.setenv("BROADSHEET_HOME", str(root))
    plan_file = root / "work" / "run-1" / "run.json"
    write_json(plan_file, {**read_json(plan_file), "home": str(root)})
    return Home(root)
