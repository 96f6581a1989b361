"""CSV for people with spreadsheets: it opens with its letters right, and no cell is a formula.

UTF-8 with a byte order mark, because Excel reads a CSV without one in the machine's old code page;
DuckDB, Polars, pandas and LibreOffice skip the mark. Lines end with CRLF (RFC 4180).
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
# What a spreadsheet calculates instead of showing; a plain number may begin so.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def harmless(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def as_meant(cell: str) -> str:
    """What `harmless` was given: the cell without that apostrophe."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A whole file; None is an empty cell, and texts are made harmless."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(harmless(cell) if isinstance(cell, str) else cell for cell in row)
    return (BOM + out.getvalue()).encode()


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of such a file by column, texts as they were meant.

    Raises:
        ValueError: it is not UTF-8, or no CSV.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except csv.Error as error:
        raise ValueError(f"this is no CSV ({error})") from error
    return [
        {name: as_meant(cell or "") for name, cell in row.items() if name is not None}
        for row in rows
    ]
