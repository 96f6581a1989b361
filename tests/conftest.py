"""Fixtures that every test may use: the corpus, a home of its own, the sample newsroom served."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import PROJECT_ROOT
from core.home import Home
from tests.support.conservation import closed_landings, lost_urls
from tests.support.serving import serve_site

CORPUS = PROJECT_ROOT.parent / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real data beside the project; a test that needs it skips without it."""
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus at {CORPUS}")
    return CORPUS


@pytest.fixture(scope="session", autouse=True)
def _conserved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """After the last test: no run of the whole suite lost a URL or settled one twice."""
    yield
    for landing in closed_landings(tmp_path_factory.getbasetemp()):
        lost = lost_urls(landing)
        assert lost.is_empty(), f"{landing}: {lost}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home, named in the environment."""
    root = tmp_path / "home"
    root.mkdir()
    monkeypatch.setenv("BROADSHEET_HOME", str(root))
    return Home(root)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser; a test that needs one skips without it, but never in CI."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no chromium; .ci/run installs it")
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    return found


@pytest.fixture(scope="session")
def _sample_address() -> Iterator[str]:
    yield from serve_site(PROJECT_ROOT / "samples" / "site")


@pytest.fixture
def sample_site(_sample_address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample newsroom on loopback, named in the environment."""
    monkeypatch.setenv("BROADSHEET_LOCAL_SITE", _sample_address)
    return _sample_address
