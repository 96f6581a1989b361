"""Which editions a candidate is made of, and how each differs from the base.

The landing of an edition changes while it is replayed or enriched anew. What a warehouse loads
is therefore a seal: the landed files of a finished enrichment, hard-linked under the hash of
their content to `sealed/<edition>/<content_hash>/`. Landed files are replaced, never rewritten,
so a seal costs no space until its edition is replaced, and never changes.
"""

import os
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from core.content_hash import content_hash, landed_files
from core.errors import PlanError
from core.files import fsync_folder, read_json, whole_file, write_json
from core.home import Home
from core.plan import Run
from warehouse.database import disk_errors

State = Literal["new", "changed", "withdrawn", "kept"]


@dataclass(frozen=True)
class Content:
    """One content of an edition."""

    edition: date
    collect_id: str
    content_hash: str


@dataclass(frozen=True)
class Edition:
    """An edition in a candidate: its content now (None if withdrawn) and that in the base."""

    edition: date
    now: Content | None
    before: Content | None

    @property
    def state(self) -> State:
        if self.now is None:
            return "withdrawn"
        if self.before is None:
            return "new"
        return "kept" if self.now == self.before else "changed"

    @property
    def known(self) -> Content:
        """The content it has, or had."""
        content = self.now or self.before
        assert content is not None
        return content


def sealed_root(home: Home) -> Path:
    return home.root / "sealed"


def sealed_folder(home: Home, content: Content) -> Path:
    return sealed_root(home) / content.edition.isoformat() / content.content_hash


def seal(run: Run) -> Content:
    """Seal the landing of the run's edition; the same content twice is one seal, now the newest.

    Raises:
        PlanError: nothing landed for this run.
        HomeError: the disk refused.
    """
    files = landed_files(run.landing)
    if not files:
        raise PlanError(
            f"nothing landed for the edition {run.edition} in {run.landing}; "
            "run its collect and enrich tasks first."
        )
    content = Content(run.edition, run.collect_id, content_hash(run.landing))
    _seal(run.paths, content, run.landing, files)
    return content


def adopt_seal(home: Home, other: Home, content: Content) -> None:
    """Seal in `home` what is sealed in `other`, as the newest content, and land it again.

    Raises:
        HomeError: the disk refused.
    """
    origin = sealed_folder(other, content)
    _seal(home, content, origin, landed_files(origin))
    land_again(home, content)


def land_again(home: Home, content: Content) -> None:
    """Make the landing of an edition what is sealed as `content`, file by file.

    Raises:
        HomeError: the disk refused.
    """
    sealed, landing = (
        sealed_folder(home, content),
        home.landing(content.edition, content.collect_id),
    )
    files = landed_files(sealed)
    for file in files:
        if not _is_same_file(sealed / file, landing / file):
            with whole_file(landing / file) as temporary:
                _link_or_copy(sealed / file, temporary)
    for file in set(landed_files(landing)) - set(files):
        (landing / file).unlink()


def _is_same_file(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def _seal(home: Home, content: Content, origin: Path, files: list[Path]) -> None:
    folder = sealed_folder(home, content)
    with disk_errors(folder):
        if not folder.exists():
            _link_whole(origin, files, folder)
        order = [one for one in _sealed(folder.parent) if one != content]
        write_json(folder.parent / "order.json", [vars(one) for one in [*order, content]])


def sealed_contents(home: Home) -> dict[date, list[Content]]:
    """The sealed contents of every edition, the newest last."""
    folders = sorted(sealed_root(home).glob("????-??-??"))
    return {date.fromisoformat(folder.name): _sealed(folder) for folder in folders}


def choose_editions(
    sealed: dict[date, list[Content]],
    loaded: Iterable[Content],
    held: set[tuple[date, str]],
    own: Collection[Content],
) -> list[Edition]:
    """What becomes of every edition, by date.

    An edition has its newest content that is not on hold; `own` contents of the run count although
    they are held, because a person ran them again. A loaded edition without a sealed content stays
    as it is, unless what is loaded is itself on hold: then it is withdrawn.
    """
    before = {content.edition: content for content in loaded}
    return [
        Edition(day, _eligible(sealed.get(day, []), before.get(day), held, own), before.get(day))
        for day in sorted({*sealed, *before})
        if day in before or _eligible(sealed[day], None, held, own)
    ]


def _eligible(
    contents: list[Content],
    before: Content | None,
    held: set[tuple[date, str]],
    own: Collection[Content],
) -> Content | None:
    for one in own:
        if one in contents:
            return one
    free = [one for one in contents if (one.edition, one.content_hash) not in held]
    if free:
        return free[-1]
    is_held = before is not None and (before.edition, before.content_hash) in held
    return None if is_held else before


def _sealed(folder: Path) -> list[Content]:
    path = folder / "order.json"
    rows = read_json(path) if path.exists() else []
    return [
        Content(date.fromisoformat(row["edition"]), row["collect_id"], row["content_hash"])
        for row in rows
    ]


def _link_whole(landing: Path, files: list[Path], folder: Path) -> None:
    """Make `folder` appear at once with links to `files` of `landing`."""
    temporary = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    for file in files:
        (temporary / file).parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(landing / file, temporary / file)
    temporary.rename(folder)
    fsync_folder(folder.parent)


def _link_or_copy(origin: Path, copy: Path) -> None:
    copy.unlink(missing_ok=True)
    try:
        os.link(origin, copy)
    except OSError:  # a file system without hard links; a full disk fails again below
        shutil.copyfile(origin, copy)
