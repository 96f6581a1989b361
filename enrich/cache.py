"""What was computed for a text is never computed again: one cache folder per component version.

`enrich_cache/<component>/<component_version>/<batch>.parquet` has one row a text, keyed by
content hash and language, with that text's rows as a list; a text without any result is there
with an empty list. Files are immutable. The version is a hash of the component's code, model and
configuration, so a change of any of them starts a new folder.
"""

import hashlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from types import ModuleType

import polars as pl

from core.files import whole_file
from core.identity import short_hash
from enrich.document import Document

KEY = ("version_id", "language")
_BATCH = 1_000

type Row = tuple[object, ...]


@dataclass(frozen=True)
class Component:
    """A pure step of enrichment: `compute` gives, for each document, its rows of `schema`."""

    name: str
    version: str
    schema: pl.Schema
    compute: Callable[[Sequence[Document]], list[list[Row]]]


def code_version(*modules: ModuleType) -> str:
    """A hash of the modules' source."""
    return short_hash(*(inspect.getsource(module) for module in modules))


class Cache:
    """Results of components under a folder; without a folder everything is computed anew."""

    def __init__(self, root: Path | None) -> None:
        self._root = root

    def rows(self, component: Component, documents: Sequence[Document]) -> pl.DataFrame:
        """The component's rows of all documents, with the KEY columns in front.

        What is missing is computed in batches, each stored when it is done, so that a killed
        task goes on where it was.
        """
        folder = self._root / component.name / component.version if self._root else None
        wanted = pl.DataFrame(
            {"version_id": [one.version_id for one in documents],
             "language": [one.language for one in documents]},
            schema=dict.fromkeys(KEY, pl.String),
        )  # fmt: skip
        frames = [_stored(folder, component, wanted)]
        present = set(frames[0].select(KEY).iter_rows())
        missing = [one for one in documents if (one.version_id, one.language) not in present]
        for batch in _batches(missing):
            frame = _computed(component, batch)
            if folder is not None:
                _store(folder, frame)
            frames.append(frame)
        return pl.concat(frames).explode("rows").drop_nulls("rows").unnest("rows")


def _row_type(component: Component) -> pl.List:
    return pl.List(pl.Struct(dict(component.schema)))


def _stored(folder: Path | None, component: Component, wanted: pl.DataFrame) -> pl.DataFrame:
    files = sorted(folder.glob("*.parquet")) if folder is not None else []
    if not files:
        return wanted.clear().with_columns(rows=pl.lit(None, dtype=_row_type(component)))
    # Two tasks may have stored the same text at the same time: any of the equal rows serves.
    return (
        pl.scan_parquet(files)
        .filter(pl.col("version_id").is_in(wanted["version_id"].implode()))
        .join(wanted.lazy(), on=KEY, how="semi")
        .unique(KEY)
        .collect()
    )


def _computed(component: Component, batch: Sequence[Document]) -> pl.DataFrame:
    results = component.compute(batch)
    document_of = [number for number, rows in enumerate(results) for _ in rows]
    lists = (
        _flat(component.schema, list(chain.from_iterable(results)))
        .select(pl.Series("_document", document_of, pl.UInt32), rows=pl.struct(pl.all()))
        .group_by("_document", maintain_order=True)
        .agg("rows")
    )
    return (
        pl.DataFrame(
            {"_document": range(len(batch)),
             "version_id": [one.version_id for one in batch],
             "language": [one.language for one in batch]},
            schema={"_document": pl.UInt32, **dict.fromkeys(KEY, pl.String)},
        )
        .join(lists, on="_document", how="left", maintain_order="left")
        .select(*KEY, pl.col("rows").fill_null([]))
    )  # fmt: skip


def _flat(schema: pl.Schema, rows: Sequence[Row]) -> pl.DataFrame:
    """The rows as a frame, built by columns, which costs a third of building it by rows."""
    columns = zip(*rows, strict=True) if rows else repeat(())
    return pl.DataFrame(
        [
            pl.Series(name, column, dtype).cast(dtype)  # arrays of one length are no list as yet
            for (name, dtype), column in zip(schema.items(), columns, strict=False)
        ]
    )


def _store(folder: Path, frame: pl.DataFrame) -> None:
    keys = "\n".join(sorted(f"{text} {language}" for text, language in frame.select(KEY).rows()))
    name = hashlib.sha256(keys.encode()).hexdigest()[:24]
    with whole_file(folder / f"{name}.parquet") as temporary:
        frame.sort(KEY).write_parquet(temporary, compression="zstd")


def _batches(documents: Sequence[Document]) -> Iterator[Sequence[Document]]:
    for start in range(0, len(documents), _BATCH):
        yield documents[start : start + _BATCH]
