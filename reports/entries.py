"""The rows of `brief.csv`, which people open in a spreadsheet and the index of editions is made of.

The section `header` says which brief it is.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from core.spreadsheets import csv_bytes, csv_rows

HEADER = "header"
"""The section with a row for edition, publication, gate, articles, stories and what moved."""

SECTIONS = {
    "summary": "In three sentences",
    "stories": "New stories, by reporting owners",
    "moved": "What moved",
    "who": "Who with whom, in one sentence",
    "only": "Who has what others have not",
    "since": "Changed since it was cited or printed",
    "coverage": "Coverage",
}
"""The sections of the page by their anchors."""


@dataclass(frozen=True)
class Entry:
    """A row; texts are empty and numbers None where it has none.

    `label` says what it is about (a headline, a theme, an outlet), `measure` what was counted.
    `usual_low` and `usual_high` are what is usual for `value`, `query` the file with its SQL,
    relative to the brief. `quotation` has at most 40 words.
    """

    section: str
    label: str
    measure: str = ""
    value: str | int | float | None = None
    usual_low: float | None = None
    usual_high: float | None = None
    quotation: str = ""
    outlet: str = ""
    url: str = ""
    query: str = ""


COLUMNS = tuple(field.name for field in fields(Entry))


def written(entries: Iterable[Entry]) -> bytes:
    """The file of these rows."""
    return csv_bytes(COLUMNS, (astuple(entry) for entry in entries))


def read(content: bytes) -> list[Entry]:
    """The rows of such a file; values are text.

    Raises:
        ValueError: it is no such file.
    """
    rows = csv_rows(content)
    if any(row.keys() != set(COLUMNS) for row in rows):
        raise ValueError(f"its columns are not {', '.join(COLUMNS)}")
    return [_entry(**row) for row in rows]


def _entry(usual_low: str, usual_high: str, **texts: str) -> Entry:
    return Entry(usual_low=_number(usual_low), usual_high=_number(usual_high), **texts)


def _number(cell: str) -> float | None:
    return float(cell) if cell else None
