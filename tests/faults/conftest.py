"""The healthy newsroom, made once; each fault gets a copy of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.home import Home
from expectations.gate import check_marts
from tests.faults.newsroom import RUN, make_home, write_configuration
from tests.faults.scene import Scene, copy_scene


@pytest.fixture(scope="package")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The healthy newsroom's home, not to be changed; named for the tests of this folder alone."""
    root = tmp_path_factory.mktemp("healthy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_HOME", str(root / "home"))
        patch.setenv("BROADSHEET_CONFIG", str(root / "config"))
        write_configuration(root / "config")
        yield make_home(root / "home")


@pytest.fixture(scope="package")
def judged(healthy: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The healthy newsroom after the gate has passed today's candidate."""
    scene = copy_scene(healthy, tmp_path_factory.mktemp("judged") / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_HOME", str(scene.home.root))
        assert check_marts(RUN)["warnings"] == 0
    return scene.home


@pytest.fixture
def scene(healthy: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A copy of the healthy newsroom, named in the environment."""
    monkeypatch.setenv("BROADSHEET_HOME", str(tmp_path / "home"))
    return copy_scene(healthy, tmp_path / "home")


@pytest.fixture
def judged_scene(judged: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A copy of the newsroom whose candidate has passed."""
    monkeypatch.setenv("BROADSHEET_HOME", str(tmp_path / "home"))
    return copy_scene(judged, tmp_path / "home")
