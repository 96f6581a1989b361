"""`broadsheet kb`: make a knowledge base from a Wikidata dump, and see what a name may mean."""

import time
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from core.config import config_folder, load_entities
from core.errors import BroadsheetError
from core.files import writing_told
from core.home import Home
from core.knowledge_base import KnowledgeBase, KnowledgeBaseError
from core.typography import name_key
from core.yaml_files import load_model
from ingest.wikidata_build import Choice, Report, build
from ingest.wikidata_classes import Classes
from ingest.wikidata_dump import DumpError

_ANOTHER = "name another file with --out"
_PACKINGS = {".gz", ".bz2"}


def build_file(dump: Path, out: Path | None, classes: Path | None, choice: Choice) -> int:
    """Write the knowledge base of `dump`, tell what it holds and how to use it; returns 0.

    Raises:
        BroadsheetError: the dump cannot be read, a file is wrong, or `out` exists already.
    """
    table = load_model(classes or config_folder() / "wikidata-classes.yml", Classes)
    if not dump.is_file():
        raise DumpError(f"there is no file {dump}; give the path of a Wikidata dump or export.")
    out = out or Home.from_environment().require_writable().kb / f"{_stem(dump)}.parquet"
    with writing_told(out, _ANOTHER):
        if out.exists():
            raise KnowledgeBaseError(
                f"{out} exists, and a knowledge base is never changed; {_ANOTHER}."
            )
    begun = time.monotonic()
    console = Console(stderr=True)
    with writing_told(out, _ANOTHER), _progress(console) as bar:
        task = bar.add_task("entities", total=dump.stat().st_size, items=0)
        report = build(
            dump,
            out,
            table,
            choice,
            progress=lambda at, items: bar.update(task, completed=at, items=items),
        )
    _tell(Console(highlight=False, soft_wrap=True), out, report, time.monotonic() - begun)
    return 0


def show(name: str, file: Path | None, out: TextIO) -> int:
    """List what a name may mean, the best known first; 1 if the knowledge base has no such name.

    Raises:
        BroadsheetError: no knowledge base is named, or there is none at that place.
    """
    base = KnowledgeBase.opened(file or _configured())
    console = Console(file=out, highlight=False, soft_wrap=True)
    found = base.named([name_key(name.strip())])
    if found.is_empty():
        console.print(f"{base.path} has no entity of the name '{name}'.", markup=False)
        return 1
    labels = base.entities(found["parent_qid"].drop_nulls()).select("qid", "label").rows()
    label_of = dict(labels)
    table = Table(box=None, pad_edge=False)
    for column in ("id", "name", "type", "site links", "country", "part of", "existed"):
        table.add_column(column, justify="right" if column == "site links" else "left")
    for row in found.unique("qid", maintain_order=True).iter_rows(named=True):
        parent = label_of.get(row["parent_qid"])
        existed = [str(row[one] or "") for one in ("existed_from", "existed_to")]
        table.add_row(
            row["qid"],
            Text(row["label"]),
            row["entity_type"],
            f"{row['popularity']:,}",
            row["country"] or "",
            Text(f"{row['relation']} {parent}" if parent else ""),
            " – ".join(existed) if any(existed) else "",
        )
    console.print(table)
    return 0


def _configured() -> Path:
    choice = load_entities(config_folder() / "entities.yml").knowledge_base
    if choice is None:
        raise KnowledgeBaseError(
            f"{config_folder() / 'entities.yml'} names no 'knowledge_base'; give one with --kb."
        )
    return choice.path(Home.from_environment())


def _stem(dump: Path) -> str:
    """`latest-all` of `latest-all.json.gz`."""
    inner = dump.with_suffix("") if dump.suffix in _PACKINGS else dump
    return inner.stem


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.fields[items]:>13,} {task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
    )


def _tell(console: Console, out: Path, report: Report, seconds: float) -> None:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in report.by_type.items())
    console.print(f"{report.entities:,} entities with {report.names:,} names: {kinds}")
    console.print(
        f"from {report.items:,} items in {seconds:,.0f} s ({report.items / seconds:,.0f}/s)"
    )
    if report.repeated:
        more = ", …" if len(report.repeated_ids) < report.repeated else ""
        console.print(
            f"{report.repeated:,} entities stood there again and were left out, the first of each "
            f"kept: {', '.join(report.repeated_ids)}{more}"
        )
    if report.damaged_lines:
        console.print(f"{report.damaged_lines:,} lines are no entity and were left out:")
        for one in report.damaged:
            console.print(f"  line {one.line:,} ({one.qid}): {one.reason}", markup=False)
        if report.damaged_lines > len(report.damaged):
            console.print("  …")
    console.print(f"{out}\nTo use it, write into entities.yml:", markup=False)
    named = out.name if out.parent == Home.from_environment().kb else out.resolve()
    console.print(
        f'knowledge_base: {{file: {named}, content_hash: "{report.content_hash}"}}',
        style="bold",
        markup=False,
    )


def languages_of(written: str) -> tuple[str, ...]:
    """The codes in a list such as `en,mul`.

    Raises:
        BroadsheetError: one of them is no code of a language.
    """
    codes = tuple(one.strip() for one in written.split(","))
    wrong = [one for one in codes if not one.replace("-", "").isalpha() or not one.islower()]
    if wrong:
        raise BroadsheetError(
            f"'{wrong[0]}' is no language of Wikidata; write codes with commas, as in en,mul."
        )
    return tuple(dict.fromkeys(codes))
