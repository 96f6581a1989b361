"""The name of an edition's content: a hash over its landed files."""

import hashlib
from pathlib import Path

from core.landed import COLLECTED

_BETWEEN_EDITIONS = ("near_duplicate", "story_link")


def landed_files(folder: Path) -> list[Path]:
    """Every landed file of `landing/<edition>/<collect_id>`, sorted, relative to that folder."""
    return sorted(file.relative_to(folder) for file in folder.glob("*/*.parquet"))


def content_hash(folder: Path) -> str:
    """16 hex of the SHA-256 over names and bytes of the landed files in `folder`.

    Near-duplicate pairs and story links are left out: they follow from what else is landed, and an
    edition that is paired again after a later one has landed lists its pairs with that one too.
    """
    files = landed_files(folder)
    return _hash(folder, [file for file in files if file.parent.name not in _BETWEEN_EDITIONS])


def collected_hash(folder: Path) -> str:
    """As `content_hash`, of what was collected alone: the batch that is judged before enrichment.

    A replay finds the tables of an earlier enrichment in the folder; this hash does not see them.
    """
    return _hash(folder, [file for file in landed_files(folder) if file.parent.name in COLLECTED])


def _hash(folder: Path, files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        with (folder / file).open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").digest()
        digest.update(file.as_posix().encode() + b"\0" + content)
    return digest.hexdigest()[:16]
