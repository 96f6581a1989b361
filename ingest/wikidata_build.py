"""Builds a knowledge base from a Wikidata dump: one pass over it, then joins over what was kept.

The pass writes named entities to a spool beside the result and keeps the subclass statements;
when all classes are known, every entity gets its type, or is left out. Memory holds a few blocks,
the subclass statements, and an id and a few links for each kept entity.
"""

import multiprocessing
import os
import signal
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import polars as pl

from core.files import whole_file
from core.knowledge_base import COLUMNS, VERSION, VERSION_KEY, content_hash_of
from ingest.wikidata_classes import EDGES, NONE, Classes, closed
from ingest.wikidata_dump import BLOCK_BYTES, Block, DumpError, blocks
from ingest.wikidata_entity import Damaged, Entity, Reader

_MOST_NAMED = 20
_SHOWN = 3  # in one sentence
_LINK = pl.Struct({"qid": pl.String, "valid_from": pl.Date, "valid_to": pl.Date})
_SPOOL = pl.Schema(
    [
        ("qid", pl.String),
        ("label", pl.String),
        ("names", pl.List(pl.String)),
        ("classes", pl.List(pl.String)),
        ("popularity", pl.Int32),
        ("owner", _LINK),
        ("maker", _LINK),
        ("country", _LINK),
        ("country_code", pl.String),
        ("existed_from", pl.Date),
        ("existed_to", pl.Date),
    ]
)
_PARENTS = {  # of each type: which link leads upwards, and what it is called
    "ORG": ("owner", "owned_by"),
    "PRODUCT": ("maker", "product_of"),
    "PLACE": ("country", "located_in"),
}


@dataclass(frozen=True)
class Choice:
    """What of a dump is kept: names in these languages, of entities with so many site links."""

    languages: Sequence[str] = ("en", "mul")
    least_links: int = 1


@dataclass
class Report:
    """What a build read and kept; `damaged` names the first lines that were no entities.

    Of entities that stand in the dump twice the first is kept; `repeated` counts the others,
    `repeated_ids` names the first of them.
    """

    items: int = 0
    entities: int = 0
    names: int = 0
    by_type: dict[str, int] = field(default_factory=dict)
    damaged_lines: int = 0
    damaged: list[Damaged] = field(default_factory=list)
    repeated: int = 0
    repeated_ids: list[str] = field(default_factory=list)
    content_hash: str = ""


class _Read(NamedTuple):
    """What a block of lines holds."""

    lines: int
    items: int
    entities: pl.DataFrame
    edges: pl.DataFrame
    damaged: list[Damaged]


type Progress = Callable[[int, int], None]
"""Called with the bytes of the file and the items that have been read by now."""


def build(
    dump: Path,
    out: Path,
    classes: Classes,
    choice: Choice = Choice(),
    *,
    workers: int | None = None,
    progress: Progress = lambda _bytes, _items: None,
) -> Report:
    """Write the knowledge base of `dump` to `out`, whole or not at all.

    Raises:
        DumpError: the dump cannot be read, or nothing in it is kept.
        HomeError: the disk refused the file.
    """
    report = Report()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".kb-", dir=out.parent) as folder:
        reads = _reads(dump, choice, workers or _cores())
        edges = _spool(reads, Path(folder), progress, report)
        types = closed(classes.table(), edges).filter(pl.col("entity_type") != NONE)
        with whole_file(out) as temporary:
            _write(Path(folder), types, temporary, report)
            _count(temporary, report)
            if not report.entities:
                raise DumpError(_nothing_kept(dump, report))
    report.content_hash = content_hash_of(out)
    return report


def _nothing_kept(dump: Path, report: Report) -> str:
    kept = f"{dump} has no entity to keep among {report.items:,} items"
    if report.damaged:
        lines = ", ".join(f"line {one.line:,}: {one.reason}" for one in report.damaged[:_SHOWN])
        more = ", …" if report.damaged_lines > _SHOWN else ""
        kept += f" and {report.damaged_lines:,} damaged lines ({lines}{more})"
    if report.items:
        return f"{kept}; keep more languages, classes or less linked entities."
    return f"{kept}; give a Wikidata JSON dump, which has an entity a line."


# the pass ---------------------------------------------------------------------------------


def _spool(
    reads: Iterable[tuple[Block, _Read]], folder: Path, progress: Progress, report: Report
) -> pl.DataFrame:
    """Write the named entities into `folder`; returns the subclass statements (EDGES)."""
    edges, lines = [pl.DataFrame(schema=EDGES)], 0
    for number, (block, read) in enumerate(reads):
        read.entities.write_parquet(folder / f"{number:07}.parquet", compression="lz4")
        edges.append(read.edges)
        report.items += read.items
        report.damaged_lines += len(read.damaged)
        room = _MOST_NAMED - len(report.damaged)
        report.damaged += [one._replace(line=lines + one.line + 1) for one in read.damaged[:room]]
        lines += read.lines
        progress(block.end, report.items)
    return pl.concat(edges)


def _reads(dump: Path, choice: Choice, workers: int) -> Iterator[tuple[Block, _Read]]:
    """The blocks of the dump in order with what they hold; a few are in work at a time."""
    read = partial(_read, choice=choice)
    if workers == 1 or (dump.is_file() and dump.stat().st_size <= BLOCK_BYTES):
        for block in blocks(dump):
            yield block, read(block)
        return
    # Spawned: a fork would copy the threads' locks of libraries that this process has used.
    context = multiprocessing.get_context("spawn")
    ignore_interrupt = partial(signal.signal, signal.SIGINT, signal.SIG_IGN)
    with ProcessPoolExecutor(workers, context, initializer=ignore_interrupt) as pool:
        in_work: deque[tuple[Block, Future[_Read]]] = deque()
        try:
            for block in blocks(dump):
                in_work.append((block, pool.submit(read, block)))
                if len(in_work) > 2 * workers:
                    first, future = in_work.popleft()
                    yield first, future.result()
            while in_work:
                first, future = in_work.popleft()
                yield first, future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _read(block: Block, choice: Choice) -> _Read:
    lines = block.read().split(b"\n")
    items, seen, damaged = Reader(choice.languages, choice.least_links).read(lines)
    entities: list[Entity] = [one.entity for one in seen if one.entity is not None]
    return _Read(
        len(lines) - 1,
        items,
        pl.DataFrame([_row(one) for one in entities], schema=_SPOOL, orient="row"),
        pl.DataFrame(
            [(one.qid, parent) for one in seen for parent in one.parents],
            schema=EDGES,
            orient="row",
        ),
        damaged,
    )


def _row(entity: Entity) -> tuple[object, ...]:
    links = {"owner": entity.owner, "maker": entity.maker, "country": entity.country}
    return tuple(entity._replace(**{name: one._asdict() for name, one in links.items()}))  # type: ignore[arg-type]


def _cores() -> int:
    return len(os.sched_getaffinity(0))


# the joins --------------------------------------------------------------------------------


def _write(spool: Path, types: pl.DataFrame, out: Path, report: Report) -> None:
    """Give every entity its type and parent and write a row for each of its names."""
    entities = _first_of_each(sorted(spool.glob("*.parquet")), report)
    typed = _typed(entities, types).collect(engine="streaming")
    codes = (
        entities.filter(pl.col("country_code").is_not_null())
        .select(country_qid="qid", country_code=pl.col("country_code"))
        .collect(engine="streaming")
        .unique("country_qid", keep="first", maintain_order=True)
    )
    links = _parents(entities, typed).collect(engine="streaming")
    parents = _without_cycles(links.unique("qid", keep="first", maintain_order=True))
    (
        entities.drop("country_code")
        .join(typed.lazy(), on="qid", maintain_order="left")
        .with_columns(country_qid=pl.col("country").struct.field("qid"))
        .join(codes.lazy(), on="country_qid", how="left", maintain_order="left")
        .drop("country")
        .rename({"country_code": "country"})
        .join(parents.lazy(), on="qid", how="left", maintain_order="left")
        .explode("names")
        .rename({"names": "name"})
        .select(COLUMNS.names())
        .cast(COLUMNS)
        .sink_parquet(out, compression="zstd", metadata={VERSION_KEY: VERSION})
    )


def _first_of_each(files: list[Path], report: Report) -> pl.LazyFrame:
    """The entities, of those with one id only the first; `report` says which were left out."""
    numbered = pl.scan_parquet(files, schema=_SPOOL, row_index_name="row")
    ids = numbered.select("row", "qid").collect(engine="streaming").sort("row")
    again = ids.filter(~pl.col("qid").is_first_distinct())
    report.repeated = again.height
    report.repeated_ids = again["qid"].unique(maintain_order=True)[:_MOST_NAMED].to_list()
    if again.is_empty():  # as a rule; numbering rows again would cost a third of the build
        return pl.scan_parquet(files, schema=_SPOOL)
    return numbered.filter(~pl.col("row").is_in(again["row"].implode())).drop("row")


def _typed(entities: pl.LazyFrame, types: pl.DataFrame) -> pl.LazyFrame:
    """`qid` and `entity_type` of the entities of a known class: its nearest one's."""
    return (
        entities.select("qid", pl.col("classes").alias("class"))
        .explode("class")
        .join(types.lazy(), on="class")
        .group_by("qid")
        .agg(pl.col("entity_type").sort_by("depth", "rank").first())
    )


def _parents(entities: pl.LazyFrame, typed: pl.DataFrame) -> pl.LazyFrame:
    """qid, parent_qid, relation, parent_from, parent_to of the kept entities that have one."""
    kept = typed.lazy()
    of_types = [
        entities.join(kept.filter(pl.col("entity_type") == kind), on="qid", how="semi").select(
            "qid",
            parent_qid=pl.col(link).struct.field("qid"),
            relation=pl.lit(relation),
            parent_from=pl.col(link).struct.field("valid_from"),
            parent_to=pl.col(link).struct.field("valid_to"),
        )
        for kind, (link, relation) in _PARENTS.items()
    ]
    return pl.concat(of_types).join(
        kept.select("qid"), left_on="parent_qid", right_on="qid", how="semi"
    )


def _without_cycles(parents: pl.DataFrame) -> pl.DataFrame:
    """The links without those that lead back to where they began."""
    parent_of = dict(parents.select("qid", "parent_qid").iter_rows())
    done: set[str] = set()
    in_cycle: set[str] = set()
    for start in parent_of:
        path: dict[str, int] = {}
        node: str | None = start
        while node is not None and node not in done and node not in path:
            path[node] = len(path)
            node = parent_of.get(node)
        if node is not None and node in path:
            in_cycle.update(list(path)[path[node] :])
        done.update(path)
    return parents.filter(~pl.col("qid").is_in(sorted(in_cycle)))


def _count(path: Path, report: Report) -> None:
    names = pl.scan_parquet(path)
    report.names = names.select(pl.len()).collect().item()
    kinds = names.group_by("entity_type").agg(pl.col("qid").n_unique()).sort("entity_type")
    report.by_type = dict(Counter(dict(kinds.collect().iter_rows())).most_common())
    report.entities = sum(report.by_type.values())
