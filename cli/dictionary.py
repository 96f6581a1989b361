"""Writes `docs/data-dictionary.md` from what the tables say about themselves.

Descriptions, types, keys and references of the dbt models come from their YAML, those of the
warehouse's own tables from `warehouse.schema`; the same words are the comments in the published
file. `python -m cli.dictionary` writes the page again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from core.config import DBT_PROJECT, PROJECT_ROOT
from core.files import write_bytes
from warehouse.schema import TABLES

PAGE = PROJECT_ROOT / "docs" / "data-dictionary.md"

# Folder of models → schema and heading; the order is that of the page.
_SECTIONS = (
    ("marts/dimensions", "marts", "Outlets, themes, entities"),
    ("marts/articles", "marts", "Articles and stories"),
    ("marts/facts", "marts", "What articles say"),
    ("marts/daily", "marts", "Day by day"),
    ("quality", "quality", "Quality"),
)
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


@dataclass(frozen=True)
class Column:
    """A column as the page shows it; `references` names the table that it points to."""

    name: str
    type: str
    is_required: bool
    references: str | None
    description: str


@dataclass(frozen=True)
class Table:
    """A table as the page shows it; `key` are the columns that name a row."""

    schema: str
    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


def dictionary() -> str:
    """The whole page as Markdown."""
    parts = [_INTRODUCTION]
    for folder, schema, heading in _SECTIONS:
        tables = [*model_tables(folder, schema), *_own_tables(schema if folder == schema else "")]
        parts += [f"## {heading}\n", *map(_table_text, tables)]
    parts += ["## Publications\n", *map(_table_text, _own_tables("meta"))]
    return "\n".join(parts)


def model_tables(folder: str, schema: str) -> Iterator[Table]:
    """The dbt models that the YAML files of a folder under `models/` describe."""
    for file in sorted((DBT_PROJECT / "models" / folder).glob("_*.yml")):
        for model in YAML(typ="safe").load(file).get("models", []):
            yield Table(
                schema=schema,
                name=model["name"],
                description=model["description"],
                key=_key(model),
                columns=tuple(_column(one) for one in model["columns"]),
            )


def _own_tables(schema: str) -> Iterator[Table]:
    for table in TABLES:
        if table.schema == schema:
            columns = tuple(
                Column(name, type_, is_required=False, references=None, description=comment)
                for name, (type_, comment) in table.columns.items()
            )
            yield Table(table.schema, table.name, table.comment, (), columns)


def _key(model: dict[str, Any]) -> tuple[str, ...]:
    for test in model.get("data_tests", []):
        if "unique_together" in test:
            return tuple(test["unique_together"]["arguments"]["columns"])
    return tuple(one["name"] for one in model["columns"] if "unique" in one.get("data_tests", []))


def _column(column: dict[str, Any]) -> Column:
    related = [
        one["relationships"]["arguments"]["to"]
        for one in column.get("data_tests", [])
        if "relationships" in one
    ]
    return Column(
        name=column["name"],
        type=column["data_type"],
        is_required={"type": "not_null"} in column.get("constraints", []),
        references=re.findall(r"'(\w+)'", related[0])[0] if related else None,
        description=column["description"],
    )


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
    link = f" → [{column.references}](#marts{column.references})" if column.references else ""
    return f"| `{column.name}` | {type_} | {column.description.replace('|', '/')}{link} |"


def write_dictionary(page: Path = PAGE) -> Path:
    """Write the page and return its path."""
    write_bytes(page, dictionary().encode())
    return page


if __name__ == "__main__":
    print(write_dictionary())
