"""How rows are printed: a table for a person; CSV, JSON or JSON lines for programs."""

import csv
import math
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.terminal import json_line, line

OutputFormat = Literal["table", "csv", "json", "jsonl"]
MAX_ROWS_SHOWN = 1000
_PIPE_WIDTH = 10_000


def show(
    names: Sequence[str],
    rows: Iterable[Iterable[Any]],
    output: OutputFormat,
    file: TextIO | None = None,
) -> str:
    """Print rows to `file` (standard output); returns how many there were, in words.

    `json` is one array of objects, `jsonl` an object a line. A table ends after MAX_ROWS_SHOWN.
    """
    file = file or sys.stdout
    if output == "table":
        return _show_table(names, rows, file)
    if output == "csv":
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        shown = 0
        for row in rows:
            writer.writerow(row)
            shown += 1
        return count(shown)
    return _show_json(names, rows, file, as_array=output == "json")


def count(rows: int) -> str:
    """`1 row`, `12 rows`."""
    return "1 row" if rows == 1 else f"{rows} rows"


def _show_json(
    names: Sequence[str], rows: Iterable[Iterable[Any]], file: TextIO, *, as_array: bool
) -> str:
    shown = 0
    for row in rows:
        record = {name: _json(value) for name, value in zip(names, row, strict=True)}
        if as_array:
            file.write(",\n" if shown else "[\n")
        file.write(json_line(record) if as_array else json_line(record) + "\n")
        shown += 1
    if as_array:
        file.write("\n]\n" if shown else "[]\n")
    return count(shown)


def _json(value: Any) -> Any:
    """A decimal as a number, and null for what JSON has no word for (NaN, infinity)."""
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_json(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _json(one) for key, one in value.items()}
    return value


def _show_table(names: Sequence[str], rows: Iterable[Iterable[Any]], file: TextIO) -> str:
    """Folded into the terminal; unfolded into a pipe or a file."""
    table = Table(show_edge=False, header_style="bold")
    for name in names:
        table.add_column(line(name), overflow="fold")
    shown, more = 0, False
    for row in rows:
        if shown == MAX_ROWS_SHOWN:
            more = True
            break
        table.add_row(*(_cell(value) for value in row))
        shown += 1
    Console(file=file, width=None if file.isatty() else _PIPE_WIDTH).print(table)
    return f"the first {shown} rows; more with a limit, or as csv" if more else count(shown)


def _cell(value: Any) -> Text:
    """A value as text; nothing in it is read as markup or acted upon by a terminal."""
    if value is None:
        return Text("NULL", style="dim")
    if isinstance(value, datetime):
        return Text(value.isoformat(sep=" "))
    if isinstance(value, date):
        return Text(value.isoformat())
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    shown = line(str(value).replace("\n", " "))
    shown.justify = "right" if numeric else "left"
    return shown
