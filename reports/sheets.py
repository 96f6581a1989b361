"""How much of each list two sheets of A4 have room for, so that a brief is never longer.

A brief is rendered with the most room first, and with less until its print is estimated to fit.
What it leaves out stands in its annexes and lists. The estimate knows the print rules of
`brief.css` and the widths of Times, which the fonts named there share; tests hold it against
Chromium.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any
from unicodedata import east_asian_width

import lxml.html

SHEET = 1046.0
"""Height in CSS pixels of what a sheet prints: A4 less its margins."""
WIDTH = 703.0
COLUMN = 340.0
FONT = 11.2
LINE = 1.25
CHART = 255.0
HEADER = 52.0
_SIZES = {"h2": 14.7, "h3": 12.5}
_MARGINS = {"h2": 12.0, "h3": 4.0, "li": 3.0, "blockquote": 3.0, "p": 3.0}
_BLOCKS = (*_MARGINS, "tr")
_SMALL = {"by", "note"}
_RAGGED = 40.0  # at most so much stays blank above what does not break


@dataclass(frozen=True)
class Room:
    """The most that is shown of each; `title` and `quotation` in characters."""

    title: int
    quotation: int
    sentences: int
    printers: int
    pairs: int
    corrections: int
    differences: int
    quiet: int
    editions: int
    figures: int
    causes: int
    outlets: int
    unwell: int
    warnings: int
    decisions: int


ROOMS = (
    Room(140, 300, 2, 4, 8, 3, 4, 3, 2, 3, 2, 8, 4, 3, 3),
    Room(120, 260, 2, 3, 8, 3, 3, 3, 2, 3, 2, 8, 3, 2, 2),
    Room(100, 220, 1, 3, 8, 2, 2, 2, 2, 3, 1, 6, 3, 2, 2),
    Room(90, 180, 1, 2, 6, 2, 2, 2, 1, 3, 1, 4, 2, 1, 1),
    Room(80, 120, 1, 1, 4, 1, 1, 1, 1, 2, 1, 2, 1, 1, 1),
)


def fitting(render: Callable[[Room], str]) -> str:
    """The page with the most room that fits two sheets; with the least if none does."""
    for room in ROOMS:
        page = render(room)
        if printed_height(page) <= 2 * SHEET:
            break
    return page


def printed_height(page: str) -> float:
    """The estimated height of a brief on paper, in CSS pixels, blank ends of sheets included."""
    height = 0.0
    for section in lxml.html.document_fromstring(page).body.xpath("header | main/section | footer"):
        own = _height(section)
        if section.find(".//figure") is not None and height < SHEET < height + own:
            height = SHEET  # the chart does not break, and goes to the second sheet
        height += own
    return height + _RAGGED


def _height(section: Any) -> float:
    """Of the header, a section or the footer."""
    total = HEADER if section.tag == "header" else 0.0
    total += sum(_block_height(block, WIDTH) for block in _blocks(section, within=None))
    for columns in section.iterfind(".//*[@class]"):
        if "columns" in columns.get("class").split():
            parts = [
                sum(_block_height(block, COLUMN) for block in _blocks(part, within=columns))
                for part in columns
            ]
            total += sum(parts) / 2 + max(parts, default=0.0) / 2
    return total + (CHART if section.find(".//figure") is not None else 0.0)


def _blocks(section: Any, within: Any) -> Iterator[Any]:
    """The innermost blocks that print in the columns `within`, or in none."""
    for block in section.iter(*_BLOCKS):
        above = list(block.iterancestors())
        classes = {name for one in (block, *above) for name in (one.get("class") or "").split()}
        if {one.tag for one in above} & {"details", "blockquote", "figure", "thead"}:
            continue
        if classes & {"moved", "numbers", "dateline", "skip"}:
            continue
        if (within in above) if within is not None else ("columns" not in classes):
            yield block


def _block_height(block: Any, width: float) -> float:
    if block.tag == "tr":
        told = sum(_text_width(cell.text_content(), 9.6) + 6 for cell in block)
        return 15.0 if told < WIDTH * 0.8 else 28.0
    classes = set((block.get("class") or "").split())
    is_small = classes & _SMALL or block.getparent().tag == "footer"
    size = 9.9 if is_small else _SIZES.get(block.tag, FONT)
    beside = block.getparent()
    if "sides" in (beside.get("class") or "").split():  # two side by side: the higher one counts
        higher = max(_lines(one, COLUMN, size) + 1 for one in beside)
        return (higher * size * LINE + 4) / len(beside)
    return _lines(block, width, size) * size * LINE + _MARGINS[block.tag]


def _lines(block: Any, width: float, size: float) -> int:
    return max(1, ceil(_text_width(block.text_content(), size) / width))


def _text_width(text: str, size: float) -> float:
    """Of a line in Times at `size` pixels; wide for capitals and digits, widest for East Asia."""
    words = " ".join(text.split())
    return size * sum(_em(letter) for letter in words)


def _em(letter: str) -> float:
    if east_asian_width(letter) in "WF":
        return 1.0
    if letter == " ":
        return 0.25
    if letter in "fijlrtI.,:;’'“”·!|()[]-":
        return 0.34
    if letter.isupper() or letter in "mw—…%":
        return 0.75
    return 0.48
