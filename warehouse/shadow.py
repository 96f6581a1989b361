"""A home beside the home, for a replay: what it reads is linked, what it writes is its own.

`work/<run_id>/home` looks to every station like the home itself: the same archive, publications,
decisions and cached results, and the landings and seals of all other editions. What a station
writes there (a landing, a seal, a state, the gate's hold and pages) reaches the home only if the
replay is published. So a replay that nobody wants leaves nothing behind but its work folder, and
no run has to wait for one.
"""

import os
import shutil
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path

from core.files import whole_file, write_json
from core.home import Home
from core.plan import Run, closed_path
from warehouse.database import writer_lock
from warehouse.editions import Content, adopt_seal, sealed_root

_READ_ONLY = ("archive", "publications", "kb", "work")
_BY_FILE = ("state", "decisions", "enrich_cache")


def make_shadow(home: Home, run_id: str, editions: Collection[date]) -> Home:
    """The home in which `run_id` replays `editions`; made anew if it was there.

    The landings of `editions` are empty but for the mark that the edition is closed.
    """
    shadow = Home(home.work(run_id) / "home")
    shutil.rmtree(shadow.root, ignore_errors=True)
    shadow.root.mkdir(parents=True)
    for name in _READ_ONLY:
        (shadow.root / name).symlink_to(home.root / name)
    for name in _BY_FILE:
        _link_files(home.root / name, shadow.root / name)
    own = {one.isoformat() for one in editions}
    for root in (home.landing_root, sealed_root(home)):
        _link_editions(root, shadow.root / root.name, leave_out=own)
    for edition in editions:
        copy = closed_path(shadow, edition)
        copy.parent.mkdir(parents=True)
        shutil.copyfile(closed_path(home, edition), copy)
        _link_seals(sealed_root(home) / edition.isoformat(), sealed_root(shadow))
    point_at_current(home, shadow)
    return shadow


def point_at_current(home: Home, shadow: Home) -> None:
    """Let the shadow's candidates stand on what is published in `home` now."""
    shadow.warehouse.unlink(missing_ok=True)
    if home.warehouse.is_symlink():
        shadow.warehouse.symlink_to(home.warehouse.readlink())


def adopt(home: Home, shadow: Home, run: Run, contents: Iterable[Content]) -> None:
    """Bring into `home` what `run` replayed: seals, landings, pages, cached results.

    From then on the run is one of `home`, which `publish` may publish. Again is the same.

    Raises:
        HomeError: the disk refused.
    """
    with writer_lock(home):
        for content in contents:
            adopt_seal(home, shadow, content)
        for folder in (Path("quality", "data_docs"), Path("enrich_cache")):
            _bring(shadow.root / folder, home.root / folder)
        plan = run.model_copy(update={"home": home.root})
        write_json(home.work(run.run_id) / "run.json", plan.model_dump(mode="json"))


def _bring(origin: Path, copy: Path) -> None:
    """Copy the files that a station wrote, not those that were linked."""
    for folder, _, files in os.walk(origin):
        for path in (Path(folder) / name for name in files):
            if not path.is_symlink():
                with whole_file(copy / path.relative_to(origin)) as temporary:
                    shutil.copyfile(path, temporary)


def _link_files(origin: Path, copy: Path) -> None:
    """Folders of its own, with a link to each file: a file that is replaced is replaced there."""
    copy.mkdir()
    for folder, _, files in os.walk(origin):
        own = copy / Path(folder).relative_to(origin)
        own.mkdir(exist_ok=True)
        for name in files:
            (own / name).symlink_to(Path(folder) / name)


def _link_editions(origin: Path, copy: Path, *, leave_out: set[str]) -> None:
    copy.mkdir()
    for folder in origin.glob("????-??-??"):
        if folder.name not in leave_out:
            (copy / folder.name).symlink_to(folder)


def _link_seals(origin: Path, root: Path) -> None:
    """The seals of an edition that is replayed: another may be put beside them."""
    copy = root / origin.name
    copy.mkdir()
    for path in origin.iterdir() if origin.exists() else ():
        if path.is_dir() and not path.name.startswith("."):
            (copy / path.name).symlink_to(path)
        elif path.name == "order.json":
            shutil.copyfile(path, copy / path.name)
