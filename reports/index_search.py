"""What the search of the index page goes through: the sentences of the briefs, a script a year.

A script hands its rows to the page, for a page opened from a folder may not read other files. Each
row is a line of its own, so that a line can be taken out (`core.erasure`).
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from core.erasure import MARK
from reports.entries import HEADER, Entry


class Sentence(NamedTuple):
    """What a brief says: its own sentence, a headline or a quotation, and where that stands."""

    edition: str
    section: str
    text: str
    outlet: str
    url: str


def sentences(day: date, entries: Iterable[Entry]) -> Iterator[Sentence]:
    """The headlines, quotations and own sentences among the rows of a brief, each text once."""
    seen = set()
    for one in entries:
        text = one.quotation or one.label
        is_told = one.quotation or one.url or one.section in _OWN_WORDS
        if one.section == HEADER or not is_told or MARK in text or text in seen:
            continue
        seen.add(text)
        yield Sentence(day.isoformat(), one.section, text, one.outlet, one.url)


_OWN_WORDS = {"summary"}


def script(year: int, rows: Iterable[Sentence]) -> str:
    """The script that hands over the sentences of a year's briefs."""
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + ",\n" for row in rows)
    return f"broadsheet({year}, [\n{''.join(lines)}]);\n"
