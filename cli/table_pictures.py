"""Draws the tables of a publication with what they refer to, as SVG that needs no renderer.

A table shows its key (bold) and what refers to a table of the same picture; a line leads from each
reference (a fork: many rows) to the key that it names (a bar: one row). Which table stands where is
set here, so that lines stay short; what refers to what comes from the tables themselves.
"""

from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple

from cli.published_tables import Table

_WIDTH, _GAP, _MARGIN = 264, 120, 16
_TITLE, _ROW, _FOOT, _BETWEEN = 26, 18, 20, 22
# Okabe and Ito's colours, told apart whatever eyes one has; in the order of the tables referred to.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9")


class Picture(NamedTuple):
    """A file's name, what it shows, and its tables from left to right, each from top to bottom."""

    name: str
    heading: str
    columns: tuple[tuple[str, ...], ...]

    @property
    def tables(self) -> list[str]:
        return [table for column in self.columns for table in column]


PICTURES = (
    Picture(
        "tables-articles.svg",
        "Outlets, articles, stories",
        (
            (
                "marts.article_url", "marts.article_version", "marts.article_text",
                "marts.article_sentence", "marts.article_date_candidate",
            ),
            ("marts.dim_article", "marts.story_alias", "marts.bridge_source_set"),
            ("marts.dim_story", "marts.dim_source"),
        ),
    ),
    Picture(
        "tables-facts.svg",
        "What articles say",
        (
            (
                "marts.dim_entity_alias", "marts.bridge_entity_ancestor",
                "marts.fct_entity_mention", "marts.fct_article_entity",
                "marts.fct_theme_entity_evidence",
            ),
            ("marts.dim_entity", "marts.dim_article", "marts.dim_theme"),
            (
                "marts.fct_article_theme", "marts.fct_theme_evidence", "marts.evidence",
                "marts.bridge_theme_ancestor",
            ),
        ),
    ),
    Picture(
        "tables-daily.svg",
        "Day by day",
        (
            ("marts.fct_entity_daily", "marts.fct_entity_pair_daily"),
            ("marts.dim_entity", "marts.dim_theme", "marts.dim_source"),
            ("marts.fct_theme_entity_daily", "marts.fct_theme_daily", "marts.fct_coverage_daily"),
        ),
    ),
    Picture(
        "tables-publications.svg",
        "Quality and publications",
        (
            ("meta.brief_figure", "meta.brief_citation"),
            ("meta.publication", "marts.dim_article", "marts.dim_source"),
            (
                "quality.expectation_result", "quality.fct_disposition",
                "quality.fct_source_edition",
            ),
        ),
    ),
)  # fmt: skip


class _Box(NamedTuple):
    """A table at its place; `rows` are the columns that are shown."""

    table: Table
    rows: list[str]
    column: int
    x: int
    y: int

    @property
    def height(self) -> int:
        return _TITLE + _ROW * len(self.rows) + _FOOT

    def row_y(self, name: str) -> float:
        return self.y + _TITLE + _ROW * (self.rows.index(name) + 0.5)


def draw(picture: Picture, tables: Mapping[str, Table]) -> str:
    """The picture as SVG; `tables` by `schema.name`."""
    boxes = _placed(picture, tables)
    width = 2 * _MARGIN + len(picture.columns) * _WIDTH + (len(picture.columns) - 1) * _GAP
    height = max(box.y + box.height for box in boxes.values()) + _MARGIN
    size = f'width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {size}>',
        f"<title>{escape(picture.heading)}: tables and what they refer to</title>",
        f'<rect {size} fill="#ffffff"/>',
        '<g font-family="sans-serif" font-size="12">',
        *_lines(boxes),
        *(part for box in boxes.values() for part in _box(box)),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _placed(picture: Picture, tables: Mapping[str, Table]) -> dict[str, _Box]:
    """Each column in the middle of the height of the tallest."""
    stacks = [
        [(name, _rows(tables[name], picture)) for name in column] for column in picture.columns
    ]
    heights = [
        sum(_TITLE + _ROW * len(rows) + _FOOT for _, rows in stack) + _BETWEEN * (len(stack) - 1)
        for stack in stacks
    ]
    boxes = {}
    for at, (stack, height) in enumerate(zip(stacks, heights, strict=True)):
        y = _MARGIN + (max(heights) - height) // 2
        for name, rows in stack:
            box = _Box(tables[name], rows, at, _MARGIN + at * (_WIDTH + _GAP), y)
            boxes[name] = box
            y += box.height + _BETWEEN
    return boxes


def _rows(table: Table, picture: Picture) -> list[str]:
    """The columns that a picture shows of a table: its key, and what leads elsewhere in it."""
    referring = [one.name for one in table.columns if one.references in picture.tables]
    return [*table.key, *(name for name in referring if name not in table.key)]


def _lines(boxes: dict[str, _Box]) -> Iterator[str]:
    targets = sorted({one.references for box in boxes.values() for one in box.table.columns
                      if one.references in boxes})  # fmt: skip
    for box in boxes.values():
        for one in box.table.columns:
            if one.references in boxes:
                colour = _COLOURS[targets.index(one.references) % len(_COLOURS)]
                yield _line(box, one.name, boxes[one.references], colour)


def _line(box: _Box, column: str, target: _Box, colour: str) -> str:
    """A curve between facing sides; between tables of one column, around their right sides."""
    forward = box.column < target.column
    x1 = box.x + (_WIDTH if box.column <= target.column else 0)
    x2 = target.x + (0 if forward else _WIDTH)
    out = 1 if box.column <= target.column else -1
    back = -1 if forward else 1
    y1, y2 = box.row_y(column), target.row_y(target.table.key[0])
    reach = _GAP / 2
    return (
        f'<path fill="none" stroke="{colour}" stroke-width="1.5" d="'
        f"M{x1},{y1 - 5} L{x1 + out * 9},{y1} M{x1},{y1 + 5} L{x1 + out * 9},{y1} M{x1},{y1}"
        f" L{x1 + out * 9},{y1} C{x1 + out * reach},{y1} {x2 + back * reach},{y2}"
        f' {x2 + back * 9},{y2} L{x2},{y2} M{x2 + back * 6},{y2 - 5} L{x2 + back * 6},{y2 + 5}"/>'
    )


def _box(box: _Box) -> Iterator[str]:
    table, x, y = box.table, box.x, box.y
    is_reference = {one.name: one.references for one in table.columns}
    yield (
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{box.height}" rx="4" fill="#ffffff"'
        ' stroke="#555555"/>'
    )
    yield f'<path d="M{x},{y + _TITLE} h{_WIDTH}" stroke="#555555"/>'
    yield (
        f'<text x="{x + 8}" y="{y + 18}" font-size="13" font-weight="bold">'
        f'<tspan fill="#666666" font-weight="normal">{table.schema}.</tspan>{table.name}</text>'
    )
    for name in box.rows:
        weight = "bold" if name in table.key else "normal"
        row_y = box.row_y(name) + 4
        yield f'<text x="{x + 8}" y="{row_y}" font-weight="{weight}">{name}</text>'
        target = is_reference[name]
        if target:
            yield (
                f'<text x="{x + _WIDTH - 8}" y="{row_y}" fill="#666666" font-size="11"'
                f' text-anchor="end">{target.partition(".")[2]}</text>'
            )
    others = len(table.columns) - len(box.rows)
    told = f"and {others} more" if others else "no other column"
    below = y + box.height - 7
    yield f'<text x="{x + 8}" y="{below}" fill="#666666" font-size="11">{told}</text>'
