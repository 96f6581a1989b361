"""A planned run with the small configuration."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import PROJECT_ROOT, Entities
from core.home import Home
from core.plan import Run, plan_run
from core.taxonomy import Themes
from tests.enrich.newsroom import small_configuration, small_entities, small_themes


@pytest.fixture
def entities(tmp_path: Path) -> Entities:
    return small_entities(tmp_path)


@pytest.fixture
def themes(tmp_path: Path) -> Themes:
    return small_themes(tmp_path)


@pytest.fixture
def planned(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], Run]:
    """Plans a run by id and edition, with the small taxonomy and gazetteer."""
    config = tmp_path / "config"
    config.mkdir()
    small_configuration(config)
    shutil.copy(PROJECT_ROOT / "config" / "thresholds.yml", config)
    monkeypatch.setenv("BROADSHEET_CONFIG", str(config))
    return lambda run_id, edition: plan_run(run_id, edition=edition)
