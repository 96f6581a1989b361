"""How fast a knowledge base is built from lines as large and as mixed as a dump's."""

import gzip
import resource
import shutil
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from core.config import config_folder
from core.yaml_files import load_model
from ingest.wikidata_build import build
from ingest.wikidata_classes import Classes
from tests.support.wikidata import typical_lines

ENTITIES = 200_000
TARGET = 20_000
_DISTINCT = 10_000
_FIRST = 1_000_000


class Measured(NamedTuple):
    """One build: what was read, how long it took by the clock and by the processors."""

    form: str
    items: int
    megabytes: float
    seconds: float
    cpu_seconds: float


def show_all(console: Console, entities: int = ENTITIES) -> None:
    """Build from a plain and from a gzip-packed dump and print entities/s of each."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        plain = _write(Path(folder) / "dump.json", entities)
        packed = _packed(plain)
        measured = [measure(plain, "plain"), measure(packed, "gzip")]
    table = Table(title=f"kb build, {entities:,} entities")
    for column in ("dump", "kB an entity", "entities/s", "target", "MB/s", "entities a CPU second"):
        table.add_column(column, justify="left" if column == "dump" else "right")
    for one in measured:
        table.add_row(
            one.form,
            f"{1_000 * one.megabytes / one.items:.1f}",
            f"{one.items / one.seconds:,.0f}",
            f"{TARGET:,}",
            f"{one.megabytes / one.seconds:,.0f}",
            f"{one.items / one.cpu_seconds:,.0f}",
        )
    console.print(table)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1_024
    console.print(f"largest worker {peak:,.0f} MB\n")


def measure(dump: Path, form: str) -> Measured:
    """Build from `dump`, whose unpacked size is told by its plain neighbour."""
    classes = load_model(config_folder() / "wikidata-classes.yml", Classes)
    megabytes = dump.with_name("dump.json").stat().st_size / 1e6
    clock, cpu = time.perf_counter(), _cpu_seconds()
    report = build(dump, dump.with_suffix(".parquet"), classes)
    return Measured(
        form, report.items, megabytes, time.perf_counter() - clock, _cpu_seconds() - cpu
    )


def _write(path: Path, entities: int) -> Path:
    """A dump of distinct entities; their texts repeat after _DISTINCT."""
    lines = typical_lines(min(_DISTINCT, entities))
    with path.open("wb") as file:
        file.write(b"[\n")
        for number in range(entities):
            line, old = lines[number % len(lines)], b"%d" % (_FIRST + number % len(lines))
            file.write(line.replace(old, b"%d" % (_FIRST + number)) + b",\n")
        file.write(b"]\n")
    return path


def _packed(plain: Path) -> Path:
    packed = plain.with_name("packed.json.gz")
    with plain.open("rb") as read, gzip.open(packed, "wb", compresslevel=6) as write:
        shutil.copyfileobj(read, write, 2**20)
    return packed


def _cpu_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
