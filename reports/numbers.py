"""The numbers of a brief as files beside it: each list's query, its rows, and a page of both.

`numbers/<list>.sql` runs as it is on the publication that the brief was made from, and gives the
rows of `numbers/<list>.csv`.
"""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.files import write_bytes
from core.spreadsheets import harmless
from reports.facts import Facts
from reports.filters import template
from reports.lists import Listing

MOST_ROWS = 300
"""How many rows a list's page shows; its CSV has all."""
KEYS: Mapping[str, str] = {
    "coverage": "source_id",
    "exclusives": "story_id",
    "pairs": "pair_id",
    "set_gaps": "theme_id",
    "stories": "story_id",
    "themes": "theme_id",
    "usual": "measure",
}
"""The column by which the brief leads to a row of a list."""


def write_numbers(facts: Facts, folder: Path) -> None:
    """Write the files of every list of `facts`; those that an earlier brief left go."""
    files = {"index.html": _index(facts)}
    for name, listing in facts.listings.items():
        files[f"{name}.sql"] = listing.sql
        files[f"{name}.csv"] = as_csv(listing)
        files[f"{name}.html"] = _page(facts, listing)
    for name, content in files.items():
        write_bytes(folder / name, content.encode())
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()


def as_csv(listing: Listing) -> str:
    """Columns and rows as `broadsheet sql --format csv` prints them.

    Only a text that a spreadsheet would run as a formula differs: an apostrophe stands before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(listing.columns)
    writer.writerows(
        [harmless(value) if isinstance(value, str) else value for value in row]
        for row in listing.values
    )
    return out.getvalue()


def _index(facts: Facts) -> str:
    return template("brief_lists").render(facts=facts)


def _page(facts: Facts, listing: Listing) -> str:
    key = KEYS.get(listing.name)
    at = listing.columns.index(key) if key else None
    return template("brief_list").render(
        facts=facts,
        one=listing,
        rows=[(None if at is None else row[at], _told(row)) for row in listing.values],
        numeric=_numeric(listing),
        most=MOST_ROWS,
    )


def _told(row: tuple[Any, ...]) -> list[Any]:
    """The cells of a row: nothing for NULL, a list by its members."""
    return [
        "" if value is None else ", ".join(value) if isinstance(value, list) else value
        for value in row
    ]


def _numeric(listing: Listing) -> list[bool]:
    """Whether a column holds numbers, which stand to the right."""
    columns = zip(*listing.values, strict=True) if listing.values else [()] * len(listing.columns)
    return [
        any(value is not None for value in column)
        and all(
            value is None or (isinstance(value, int | float) and not isinstance(value, bool))
            for value in column
        )
        for column in columns
    ]
