"""`broadsheet publications`, `rollback` and `diff`: what was published, going back, comparing."""

import getpass
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from cli.rows import OutputFormat, show
from core.home import Home
from warehouse.diff import IGNORED_COLUMNS, IGNORED_TABLES, Sample, TableDiff
from warehouse.diff import diff as compare
from warehouse.publications import list_publications, require_kept
from warehouse.rollback import rollback as go_back

_COLUMNS = (
    "publication_id",
    "kind",
    "edition",
    "published_at",
    "dag_run_id",
    "gate_result",
    "base_publication_id",
    "is_current",
    "is_kept",
)
_MOST_CHARACTERS = 100  # of a value in a sample
_STYLES = {"added": "green", "removed": "red", "changed": "yellow"}


def publications(output: OutputFormat = "table", home: Home | None = None) -> int:
    """List what was published when, by which run, with which verdict; newest first; 0."""
    rows = list_publications(home or Home.from_environment())
    if not rows and output == "table":
        Console().print("Nothing is published yet; run 'make run' first.")
        return 0
    show(list(_COLUMNS), ([row[name] for name in _COLUMNS] for row in rows), output)
    return 0


def rollback(publication_id: str, why: str, by: str | None, home: Home | None = None) -> int:
    """Publish `publication_id` again under a new id and say what that means; 0.

    Raises:
        PublishError: it cannot be gone back to.
    """
    home = home or Home.from_environment()
    note = go_back(home, publication_id, why=why, by=by or getpass.getuser())
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{note['publication_id']} is published: the content of {publication_id}.")
    for one in note["released"]:
        console.print(f"released: the edition {one['edition']}, held by an earlier rollback")
    for one in note["held"]:
        console.print(
            f"held: the edition {one['edition']} (content {one['content_hash'][:12]}), "
            "until somebody releases it"
        )
    report = home.report(date.fromisoformat(note["edition"]))
    console.print(
        "The next edition builds on this one. A rollback has no brief of its own; "
        f"that of the edition it goes back to is in {report}."
    )
    return 0


def diff(
    before: str,
    after: str,
    tables: list[str],
    limit: int,
    *,
    texts: bool = False,
    as_json: bool = False,
    home: Home | None = None,
) -> int:
    """Tell the facts in which two publications differ, table by table; 0.

    Raises:
        PublishError: one of them, or a table, is not there.
    """
    home = home or Home.from_environment()
    files = require_kept(home, before), require_kept(home, after)
    tell(
        compare(*files, tables=tables, samples=limit, texts=texts), (before, after), as_json=as_json
    )
    return 0


def tell(differences: Iterable[TableDiff], sides: tuple[str, str], *, as_json: bool) -> int:
    """Print how two databases, called `sides`, differ; returns how many tables do."""
    console = Console(highlight=False, soft_wrap=True)
    same = differing = 0
    for one in differences:
        differing += not one.is_same
        same += one.is_same
        if as_json:
            print(json.dumps(one.record(), ensure_ascii=False, default=_told))
        elif not one.is_same:
            _print_table(console, one)
    if not as_json:
        tables_say = "1 table says" if same == 1 else f"{same} tables say"
        console.print(Text(f"{tables_say} the same in {' and '.join(sides)}.", style="dim"))
        console.print(Text(_ignored(), style="dim"))
    return differing


def _ignored() -> str:
    columns = [f"{table}.{one}" for table, names in IGNORED_COLUMNS.items() for one in names]
    return f"Not compared, as every run writes its own: {', '.join([*IGNORED_TABLES, *columns])}."


def _print_table(console: Console, one: TableDiff) -> None:
    counts = (("added", one.added), ("removed", one.removed), ("changed", one.changed))
    heading = Text(one.table, style="bold")
    for kind, count in counts:
        if count:
            heading.append(f"  {count:,} {kind}", style=_STYLES[kind])
    if one.only_in:
        heading.append(f"  (the table is in the {'older' if one.only_in == 'before' else 'newer'})")
    console.print(heading)
    if one.shape:
        console.print(Text(f"  columns: {', '.join(one.shape)}"))
    if one.columns:
        told = (f"{name} {count:,}" for name, count in one.columns.items())
        console.print(Text(f"  changed in: {', '.join(told)}"))
    for sample in one.samples:
        console.print(_line(sample))


def _line(sample: Sample) -> Text:
    sign = {"added": "+", "removed": "-", "changed": "~"}[sample.kind]
    key = ", ".join(f"{name} {short(value)}" for name, value in sample.key.items())
    line = Text(f"  {sign} {key}", style=_STYLES[sample.kind])
    if sample.kind == "changed" and sample.before is not None and sample.after is not None:
        for name, value in sample.before.items():
            line.append(f"\n      {name}: {short(value)} → {short(sample.after[name])}", "default")
    return line


def short(value: Any) -> str:
    """A value on one line of printable characters."""
    text = " ".join(str(_told(value) if isinstance(value, date) else value).split())
    text = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"


def _told(value: Any) -> str:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
