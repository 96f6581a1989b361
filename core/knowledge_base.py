"""A knowledge base: what the names of the world may mean, in one Parquet file.

One row is a name of an entity. The file is made once (`broadsheet kb build`) and never changed; its
columns are `COLUMNS`, the version of their meaning stands in the file as `broadsheet_kb_version`.
Nothing of it is held in memory: a look-up reads the columns that it needs.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from core.config import Entities
from core.errors import BroadsheetError
from core.home import Home

VERSION = "1"
VERSION_KEY = "broadsheet_kb_version"
COLUMNS = pl.Schema(
    {
        "name": pl.String,  # NFC, folded for typography
        "qid": pl.String,
        "label": pl.String,  # the entity's first name
        "entity_type": pl.String,
        "popularity": pl.Int32,  # number of its site links
        "country": pl.String,  # ISO 3166-1, two letters
        "parent_qid": pl.String,  # an entity of this file, never above itself
        "relation": pl.String,  # to the parent: owned_by, product_of, located_in
        "parent_from": pl.Date,
        "parent_to": pl.Date,
        "existed_from": pl.Date,
        "existed_to": pl.Date,
    }
)


class KnowledgeBaseError(BroadsheetError):
    """A knowledge base is absent, another than was named, or none at all."""


def content_hash_of(path: Path) -> str:
    """16 hex of the SHA-256 of the file's bytes: the identity of a knowledge base."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


@dataclass(frozen=True)
class KnowledgeBase:
    """The file at `path`; `opened` checks that it is one. `content_hash` is what a run records."""

    path: Path
    content_hash: str = ""

    @classmethod
    def opened(cls, path: Path) -> "KnowledgeBase":
        """The knowledge base at `path`.

        Raises:
            KnowledgeBaseError: there is none, or one of another version.
        """
        advice = "make one with 'broadsheet kb build'"
        try:
            version = pl.read_parquet_metadata(path).get(VERSION_KEY)
        except FileNotFoundError as error:
            raise KnowledgeBaseError(f"there is no knowledge base at {path}; {advice}.") from error
        except (OSError, pl.exceptions.PolarsError) as error:
            raise KnowledgeBaseError(f"{path} is no knowledge base; {advice}.") from error
        if version != VERSION:
            raise KnowledgeBaseError(
                f"{path} is a knowledge base of version {version}, not {VERSION}; {advice}."
            )
        return cls(path)

    def named(self, names: Iterable[str]) -> pl.DataFrame:
        """All rows of these names, as `name_key` gives them, the most popular first."""
        return self._rows("name", names)

    def entities(self, qids: Iterable[str]) -> pl.DataFrame:
        """One row each of these entities, without the column `name`."""
        return self._rows("qid", qids).drop("name").unique("qid", maintain_order=True)

    def _rows(self, column: str, values: Iterable[str]) -> pl.DataFrame:
        wanted = pl.Series(sorted(set(values)), dtype=pl.String)
        return (
            pl.scan_parquet(self.path)
            .filter(pl.col(column).is_in(wanted.implode()))
            .collect()
            .sort("popularity", "qid", "name", descending=[True, False, False])
        )


def named_base(entities: Entities, home: Home, *, verify: bool = False) -> KnowledgeBase | None:
    """The knowledge base that `entities.yml` names, or None; with `verify` its bytes are hashed.

    Raises:
        KnowledgeBaseError: it is absent, or not the one that is named.
    """
    named = entities.knowledge_base
    if named is None:
        return None
    base = KnowledgeBase.opened(named.path(home))
    if verify and (found := content_hash_of(base.path)) != named.content_hash:
        raise KnowledgeBaseError(
            f"{base.path} has the content {found}, but entities.yml names {named.content_hash}; "
            "put the right file there, or write the new hash into 'knowledge_base'."
        )
    return replace(base, content_hash=named.content_hash)
