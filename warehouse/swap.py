"""How a finished database file becomes the current publication: one rename, one swap."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from core.errors import BaseMoved
from core.files import fsync_folder
from core.home import Home
from warehouse.database import disk_errors
from warehouse.publications import current, list_publications, stamp


def next_id(home: Home) -> str:
    """One above every id ever used, also by a file that a killed run left unswapped."""
    used = [file.stem for file in home.publications.glob("p*.duckdb")]
    used += [one["publication_id"] for one in list_publications(home)]
    return f"p{max((int(one[1:]) for one in used), default=0) + 1:06d}"


def is_published(home: Home, note: dict[str, Any]) -> bool:
    """Whether the publication of `note` (publication_id, run_id) is the current or before it."""
    return any(
        one["publication_id"] == note["publication_id"] and one["dag_run_id"] == note["run_id"]
        for one in list_publications(home)
    )


def require_base(home: Home, note: dict[str, Any]) -> None:
    """Refuse to put anything over a publication that it was not built on.

    Raises:
        BaseMoved: another one than `base_publication_id` of `note` is current.
    """
    now = current(home)
    if (now.stem if now else None) != note["base_publication_id"]:
        raise BaseMoved(
            f"{now.stem if now else 'nothing'} is published now, but the candidate of "
            f"{note['run_id']} was built on {note['base_publication_id'] or 'nothing'}; "
            "run its build tasks again."
        )


def give_name(candidate: Path, target: Path, note: dict[str, Any]) -> None:
    """Make the closed file `candidate` durable and read-only, and rename it to `target`.

    Its time of change becomes `published_at` of `note`: whoever writes into it changes that.
    """
    stamp(candidate, datetime.fromisoformat(note["published_at"]))
    with candidate.open("rb") as file:
        os.fsync(file.fileno())
    candidate.chmod(0o444)
    target.parent.mkdir(exist_ok=True)
    candidate.rename(target)
    fsync_folder(target.parent)


def swap(home: Home, target: Path) -> None:
    """Point the symlink at `target`, in one instant."""
    temporary = home.root / f".warehouse.{os.getpid()}.tmp"
    with disk_errors(home.warehouse):
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(target.relative_to(home.root))
        temporary.replace(home.warehouse)
        fsync_folder(home.root)


def remove_unswapped(home: Home, note: dict[str, Any]) -> None:
    """Remove files that killed runs left between rename and swap, below the id of `note`."""
    base = note["base_publication_id"] or ""
    for file in home.publications.glob("p*.duckdb"):
        if base < file.stem < note["publication_id"]:
            file.unlink()
