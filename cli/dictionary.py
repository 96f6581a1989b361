"""Writes `docs/data-dictionary.md`, with its pictures, from what the tables say of themselves.

`python -m cli.dictionary` writes page and pictures again.
"""

from pathlib import Path

from cli.published_tables import SECTIONS, Column, Table, all_tables, model_tables, own_tables
from cli.table_pictures import PICTURES, Picture, draw
from core.config import PROJECT_ROOT
from core.files import write_bytes

PAGE = PROJECT_ROOT / "docs" / "data-dictionary.md"
IMAGES = PROJECT_ROOT / "docs" / "images"

_INTRODUCTION = """\
# Data dictionary

Every table of a publication, as an analyst sees it with `broadsheet sql`. This page is written by
`python -m cli.dictionary` from the same words that stand as comments in the file itself
(`select * from duckdb_columns()`), and a test holds the two together; change the words there.

Rules that hold everywhere: timestamps are UTC; a day is the calendar day in the outlet's own time
zone; offsets count Unicode code points and are half-open; counts never add over days, scopes,
themes or entities, since one story may be in several; a share counts, above and below the line,
articles that were seen whole and fully analysed.
"""

_PICTURED = """\
## How the tables hang together

A table shows its key in bold, and what refers to another table; a line leads from many rows (the
fork) to the one row that they name (the bar). All columns stand further below.
"""


def dictionary() -> str:
    """The whole page as Markdown."""
    parts = [_INTRODUCTION, _PICTURED, *map(_picture_text, PICTURES)]
    for folder, schema, heading in SECTIONS:
        tables = [*model_tables(folder, schema), *own_tables(schema if folder == schema else "")]
        parts += [f"## {heading}\n", *map(_table_text, tables)]
    parts += ["## Publications\n", *map(_table_text, own_tables("meta"))]
    return "\n".join(parts)


def pictures() -> dict[str, str]:
    """The pictures as SVG, by the name of their file in `docs/images`."""
    tables = all_tables()
    return {picture.name: draw(picture, tables) for picture in PICTURES}


def _table_text(table: Table) -> str:
    key = f" Key: {', '.join(f'`{one}`' for one in table.key)}." if table.key else ""
    lines = [
        f"### {table.schema}.{table.name}\n",
        f"{table.description}{key}\n",
        "| column | type | |",
        "|---|---|---|",
        *map(_column_text, table.columns),
    ]
    return "\n".join(lines) + "\n"


def _column_text(column: Column) -> str:
    type_ = column.type + (", never NULL" if column.is_required else "")
    link = _link(column.references) if column.references else ""
    return f"| `{column.name}` | {type_} | {column.description.replace('|', '/')}{link} |"


def _link(table: str) -> str:
    return f" → [{table.partition('.')[2]}](#{table.replace('.', '')})"


def _picture_text(picture: Picture) -> str:
    tables = ", ".join(picture.tables)
    return f"### {picture.heading}: picture\n\n![{tables}](images/{picture.name})\n"


def write_dictionary(page: Path = PAGE) -> Path:
    """Write the page and its pictures, and return the page's path."""
    for name, svg in pictures().items():
        write_bytes(IMAGES / name, svg.encode())
    write_bytes(page, dictionary().encode())
    return page


if __name__ == "__main__":
    print(write_dictionary())
