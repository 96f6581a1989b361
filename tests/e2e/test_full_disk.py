"""A disk that fills up in the middle of an edition: one sentence, and nothing that was is lost."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from core.config import PROJECT_ROOT
from core.home import Home
from tests.e2e import newsroom
from tests.e2e.conftest import Line

pytestmark = pytest.mark.xdist_group("line")

# A mount that only this process and its children see; the home is copied in and out of it.
_ON_A_SMALL_DISK = """
mount -t tmpfs -o size="$1" tmpfs "$2" && cp -a "$3/." "$2" || exit 99
shift 3; folder="$1"; shift
"$@"; status=$?
cp -a "$BROADSHEET_HOME/." "$folder"; exit $status
"""
_OWN_MOUNTS = ["unshare", "--map-root-user", "--mount"]
KEPT = ("archive", "publications", "decisions", "sealed", "state")


def fingerprints(root: Path) -> dict[str, str]:
    """SHA-256 of every file that no later run may change, and where the symlink leads."""
    files = [file for name in KEPT for file in (root / name).rglob("*") if file.is_file()]
    found = {
        str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files
    }
    return found | {"warehouse.duckdb": str((root / "warehouse.duckdb").readlink())}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return newsroom.fresh(tmp_path_factory.mktemp("next"), date(2026, 10, 17))


@pytest.mark.parametrize("room_in_kib", [300, 3_000, 12_000])
def test_a_full_disk_is_one_sentence_and_loses_nothing(
    line: Line, sources: Path, tmp_path: Path, room_in_kib: int
) -> None:
    probe = subprocess.run([*_OWN_MOUNTS, "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip(f"this user may not mount a small disk: {probe.stderr.decode().strip()}")
    disk, after = tmp_path / "disk", tmp_path / "after"
    disk.mkdir()
    after.mkdir()
    blocks = sum(-(-file.lstat().st_size // 4096) + 1 for file in line.home.root.rglob("*"))
    size = f"{blocks * 4 + room_in_kib}k"
    words = [size, str(disk), str(line.home.root), str(after)]
    run = [sys.executable, "-m", "tests.e2e.sample_run", str(sources), "next"]
    ended = subprocess.run(
        [*_OWN_MOUNTS, "sh", "-c", _ON_A_SMALL_DISK, "sh", *words, *run],
        cwd=PROJECT_ROOT, env={**os.environ, "BROADSHEET_HOME": str(disk)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stderr[-3000:]
    told = ended.stderr.splitlines()[-1]  # above it may stand what a library logged
    assert told.startswith("broadsheet: ")
    assert "space" in told
    assert "run the edition again" in told
    before, now = fingerprints(line.home.root), fingerprints(after)
    assert {name: now.get(name) for name in before} == before
    assert Home(after).warehouse.exists()
