"""Every measured figure reaches its floor, and the taxonomies carry the figures as measured."""

import subprocess
import sys

import pytest

from core.config import PROJECT_ROOT


@pytest.mark.e2e
@pytest.mark.usefixtures("corpus")
def test_no_figure_is_below_its_floor() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "eval", "--check"],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
