"""A home whose configuration is the small newsroom."""

from pathlib import Path

import pytest

from core.home import Home
from tests.warehouse.newsroom import write_config


@pytest.fixture
def newsroom(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home, with `$BROADSHEET_CONFIG` naming the newsroom of `newsroom.py`."""
    monkeypatch.setenv("BROADSHEET_CONFIG", str(write_config(tmp_path / "config")))
    return home
