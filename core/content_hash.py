"""The name of an edition's content: a hash over its landed files."""

import hashlib
from pathlib import Path

_BETWEEN_EDITIONS = ("near_duplicate", "story_link")


def landed_files(folder: Path) -> list[Path]:
    """Every landed file of `landing/<edition>/<collect_id>`, sorted, relative to that folder."""
    return sorted(file.relative_to(folder) for file in folder.glob("*/*.parquet"))


def content_hash(folder: Path) -> str:
    """16 hex of the SHA-256 over names and bytes of the landed files in `folder`.

    Near-duplicate pairs and story links are left out: they follow from what else is landed, and an
    edition that is paired again after a later one has landed lists its pairs with that one too.
    """
    digest = hashlib.sha256()
    for file in landed_files(folder):
        if file.parent.name in _BETWEEN_EDITIONS:
            continue
        with (folder / file).open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").digest()
        digest.update(file.as_posix().encode() + b"\0" + content)
    return digest.hexdigest()[:16]
