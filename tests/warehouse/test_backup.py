"""Backups of a small newsroom: incremental, whole or refused, and the restored home goes on."""

import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.errors import BackupError
from core.home import Home
from core.landed import read_landed
from tests.dbt.runs import table_hashes
from tests.warehouse.newsroom import land, write_config
from tests.warehouse.publishing import ask, prepare
from warehouse.backup import FOLDERS, back_up
from warehouse.backup_store import opened, verify
from warehouse.publications import current
from warehouse.publish import publish
from warehouse.restore import restore

_EDITIONS = "select edition::varchar from meta.edition order by 1"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the configuration and a home with two publications."""
    root = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_CONFIG", str(write_config(root / "config")))
        patch.setenv("BROADSHEET_HOME", str(root / "home"))
        for day, name in (("2026-10-01", "a"), ("2026-10-02", "b")):
            publish(prepare(Home(root / "home"), day, names=[name]).run_id)
    return root


@pytest.fixture
def two(published: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of that home, hard links between landing and seals included."""
    home.root.rmdir()
    subprocess.run(["cp", "-a", published / "home", home.root], check=True)
    monkeypatch.setenv("BROADSHEET_CONFIG", str(published / "config"))
    return home


def _tree(home: Home) -> dict[str, tuple[int, int, bytes]]:
    """What a backup is to keep: mode, time and bytes of every file."""
    return {
        str(path.relative_to(home.root)): (
            stat.S_IMODE(path.stat().st_mode), path.stat().st_mtime_ns, path.read_bytes(),
        )
        for name in FOLDERS
        for path in (home.root / name).rglob("*")
        if path.is_file()
    }  # fmt: skip


def test_a_restored_home_is_what_was_saved(two: Home, tmp_path: Path) -> None:
    back_up(two, tmp_path / "saved", keep=7)
    again = Home(tmp_path / "again")
    restore(tmp_path / "saved", again)
    assert _tree(again) == _tree(two)
    assert again.warehouse.readlink() == two.warehouse.readlink()
    assert stat.S_IMODE(again.warehouse.stat().st_mode) == 0o444
    assert (again.root / "config" / "themes.yml").is_file()
    assert not (again.root / ".restoring").exists()


def test_seals_share_their_bytes_with_the_landing_again(two: Home, tmp_path: Path) -> None:
    back_up(two, tmp_path / "saved", keep=7)
    restore(tmp_path / "saved", again := Home(tmp_path / "again"))
    article = next((again.root / "sealed").rglob("article/*.parquet"))
    assert article.stat().st_nlink == 2


def test_only_what_changed_is_copied(two: Home, tmp_path: Path) -> None:
    first = back_up(two, tmp_path / "saved", keep=7)
    assert first.files >= first.copied > 0
    assert back_up(two, tmp_path / "saved", keep=7).copied == 0
    publish(prepare(two, "2026-10-03", names=["c"]).run_id)
    third = back_up(two, tmp_path / "saved", keep=7)
    assert 0 < third.copied < first.copied
    restore(tmp_path / "saved", older := Home(tmp_path / "older"), first.name)
    assert ask(older, _EDITIONS) == [("2026-10-01",), ("2026-10-02",)]


def test_old_backups_go_with_what_only_they_held(two: Home, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    first = back_up(two, saved, keep=7)
    gone = two.publication("p000001")
    size = gone.stat().st_size
    before = _size(saved / "objects")
    gone.unlink()
    back_up(two, saved, keep=1)
    assert _size(saved / "objects") <= before - size
    with pytest.raises(BackupError, match=f"no backup '{first.name}'; there are: 2"):
        restore(saved, Home(tmp_path / "again"), first.name)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_damaged_file_is_named_and_copied_anew(two: Home, tmp_path: Path) -> None:
    saved, again = tmp_path / "saved", Home(tmp_path / "again")
    name = back_up(two, saved, keep=7).name
    path = "publications/p000001.duckdb"
    with opened(saved) as store:
        entry = next(one for one in store.read(name).entries if one.path == path)
        kept = store.object(entry.sha256)
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)
    with pytest.raises(BackupError, match=rf"{path} is damaged in the backup .* other bytes"):
        restore(saved, again)
    assert not any(again.root.iterdir())
    told: list[str] = []
    with opened(saved) as store, pytest.raises(BackupError, match=r"^1 of \d+ files .*p000001"):
        verify(store, told.append)
    assert told == [path]
    assert back_up(two, saved, keep=7).copied == 1
    with opened(saved) as store:
        assert verify(store, told.append)[0] > 1
    restore(saved, again)
    assert _tree(again) == _tree(two)


def test_a_missing_file_and_a_damaged_manifest_are_named(two: Home, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    name = back_up(two, saved, keep=7).name
    manifest = saved / "manifests" / f"{name}.jsonl"
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.write_bytes(b"".join(lines[:3] + lines[4:]))
    with pytest.raises(BackupError, match=f"{name}.jsonl is damaged; name another backup"):
        restore(saved, Home(tmp_path / "again"))
    manifest.write_bytes(b"".join(lines))
    next((saved / "objects").glob("??/*")).unlink()
    with pytest.raises(BackupError, match=r"is damaged in the backup .*No such file"):
        restore(saved, Home(tmp_path / "again"))


def test_what_is_there_is_never_replaced(two: Home, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    back_up(two, saved, keep=7)
    before = _tree(two)
    with pytest.raises(BackupError, match="is not empty, and a restore replaces nothing"):
        restore(saved, two)
    assert _tree(two) == before
    with pytest.raises(BackupError, match="holds no backup of Broadsheet"):
        restore(tmp_path, Home(tmp_path / "again"))
    with pytest.raises(BackupError, match="not empty and holds no backup"):
        back_up(two, tmp_path, keep=7)
    with pytest.raises(BackupError, match="lies within"):
        back_up(two, two.root / "saved", keep=7)


def test_what_no_gate_has_seen_is_not_saved(two: Home, tmp_path: Path) -> None:
    """Logs beside a publication, files half written, and what a run has under way."""
    two.publication("p000002").with_name("p000002.duckdb.wal").write_bytes(b"never validated")
    (two.publications / ".p000003.tmp").write_bytes(b"half")
    prepare(two, "2026-10-03", names=["c"])
    back_up(two, tmp_path / "saved", keep=7)
    restore(tmp_path / "saved", again := Home(tmp_path / "again"))
    files = {path.name for path in again.publications.iterdir()}
    assert files == {"p000001.duckdb", "p000002.duckdb"}
    assert not (again.root / "work").exists()


def test_a_restored_home_publishes_as_if_nothing_had_been(
    two: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saved while an edition is under way; it is run again in the restored home."""
    land(two, "2026-10-03", ["c"])
    back_up(two, tmp_path / "saved", keep=7)
    restore(tmp_path / "saved", again := Home(tmp_path / "again"))
    hashes = []
    for home in (two, again):
        monkeypatch.setenv("BROADSHEET_HOME", str(home.root))
        publish(prepare(home, "2026-10-03", "again", names=["c"]).run_id)
        assert current(home) == home.publication("p000003")
        hashes.append(table_hashes(home.warehouse.resolve()))
    assert hashes[0] == hashes[1]


def test_every_backup_beside_a_running_edition_can_be_restored(two: Home, tmp_path: Path) -> None:
    """Whatever instant it begins at: the symlink, the seals and the closed editions agree."""
    done = threading.Event()
    names: list[str] = []

    def save() -> None:
        while not done.is_set():
            names.append(back_up(two, tmp_path / "saved", keep=100).name)

    saving = threading.Thread(target=save)
    saving.start()
    try:
        for number in (3, 4):
            publish(prepare(two, f"2026-10-0{number}", names=["a", str(number)]).run_id)
    finally:
        done.set()
        saving.join()
    some = names[:: max(1, len(names) // 5)]
    seen = [_restored(tmp_path / "saved", tmp_path / "again", name) for name in some]
    assert seen == sorted(seen)
    assert len(set(seen)) > 1


def _restored(saved: Path, root: Path, name: str) -> str:
    """The publication of a backup, whose editions all have their seals and landings."""
    shutil.rmtree(root, ignore_errors=True)
    restore(saved, home := Home(root), name)
    published = current(home)
    assert published is not None
    for edition, content in ask(home, "select edition::varchar, content_hash from meta.edition"):
        assert (home.root / "sealed" / str(edition) / str(content) / "article").is_dir()
    for closed in home.landing_root.glob("*/closed.json"):
        [landing] = [path for path in closed.parent.iterdir() if path.is_dir()]
        read_landed(landing, "article")
    return published.stem


# Kills ---------------------------------------------------------------------------------------

_KILLED = """
import os, sys
from pathlib import Path
from core.home import Home
from warehouse import backup, restore
from warehouse.backup_store import Store

module, name, calls = {"add": (Store, "add", 5), "write": (Store, "write", 1),
    "copy": (restore, "_write", 5), "swap": (restore, "swap", 1)}[sys.argv[1]]
original, count = getattr(module, name), [0]

def dies(*args, **more):
    count[0] += 1
    if count[0] == calls:
        os._exit(9)
    return original(*args, **more)

setattr(module, name, dies)
home, saved = Home(Path(sys.argv[2])), Path(sys.argv[3])
if sys.argv[1] in ("add", "write"):
    backup.back_up(home, saved, keep=7)
else:
    restore.restore(saved, home)
"""


def _kill_at(step: str, home: Home, saved: Path) -> None:
    command = [sys.executable, "-c", _KILLED, step, str(home.root), str(saved)]
    assert subprocess.run(command, check=False, timeout=60).returncode == 9


@pytest.mark.parametrize("step", ["add", "write"])
def test_a_killed_backup_is_none(two: Home, tmp_path: Path, step: str) -> None:
    saved, again = tmp_path / "saved", Home(tmp_path / "again")
    _kill_at(step, two, saved)
    with pytest.raises(BackupError, match="holds no whole backup yet"):
        restore(saved, again)
    back_up(two, saved, keep=7)
    restore(saved, again)
    assert _tree(again) == _tree(two)


@pytest.mark.parametrize("step", ["copy", "swap"])
def test_a_killed_restore_is_begun_anew(two: Home, tmp_path: Path, step: str) -> None:
    saved, again = tmp_path / "saved", Home(tmp_path / "again")
    back_up(two, saved, keep=7)
    _kill_at(step, again, saved)
    assert current(again) is None
    restore(saved, again)
    assert _tree(again) == _tree(two)
    assert current(again) == again.publication("p000002")
