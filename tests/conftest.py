"""Fixtures that every test may use: the corpus, a home of its own, the sample newsroom served."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import PROJECT_ROOT
from core.home import Home

CORPUS = PROJECT_ROOT.parent / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real data beside the project; a test that needs it skips without it."""
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus at {CORPUS}")
    return CORPUS


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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def serve_site(folder: Path) -> Iterator[str]:
    """Serve `folder` as a run does; yields host:port, ends the process afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "core.local_site", str(folder), "--port", str(port)]
    with subprocess.Popen(command, cwd=PROJECT_ROOT) as process:
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def _sample_address() -> Iterator[str]:
    yield from serve_site(PROJECT_ROOT / "samples" / "site")


@pytest.fixture
def sample_site(_sample_address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample newsroom on loopback, named in the environment."""
    monkeypatch.setenv("BROADSHEET_LOCAL_SITE", _sample_address)
    return _sample_address
