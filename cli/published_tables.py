"""The tables of a publication, as they describe themselves.

Descriptions, types, keys and references of the dbt models come from their YAML, those of the
warehouse's own tables from `warehouse.schema`; the same words are the comments in the published
file. A column refers to a table if a dbt test says so, or its description (`…, in dim_source`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML

from core.config import DBT_PROJECT
from warehouse.schema import TABLES

# Folder of models → schema and heading; the order is that of the page.
SECTIONS = (
    ("marts/dimensions", "marts", "Outlets, themes, entities"),
    ("marts/articles", "marts", "Articles and stories"),
    ("marts/facts", "marts", "What articles say"),
    ("marts/daily", "marts", "Day by day"),
    ("quality", "quality", "Quality"),
)
_REFERS = re.compile(r"(?<!always )in (?:marts\.)?(dim_\w+)")


@dataclass(frozen=True)
class Column:
    """A column `references` is the table it refers to, with its schema."""

    name: str
    type: str
    is_required: bool
    references: str | None
    description: str


@dataclass(frozen=True)
class Table:
    """A table `key` are the columns that name a row."""

    schema: str
    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


def all_tables() -> dict[str, Table]:
    """Every table of a publication, by `schema.name`."""
    models = (one for folder, schema, _ in SECTIONS for one in model_tables(folder, schema))
    own = (one for schema in ("quality", "meta") for one in own_tables(schema))
    return {f"{table.schema}.{table.name}": table for table in (*models, *own)}


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


def own_tables(schema: str) -> Iterator[Table]:
    """The tables of a schema that the warehouse itself writes."""
    for table in TABLES:
        if table.schema == schema:
            columns = tuple(
                Column(name, type_, False, _own_reference(table.name, name, comment), comment)
                for name, (type_, comment) in table.columns.items()
            )
            key = ("publication_id",) if table.name == "publication" else ()
            yield Table(table.schema, table.name, table.comment, key, columns)


def _own_reference(table: str, column: str, comment: str) -> str | None:
    if column == "publication_id" and table != "publication":
        return "meta.publication"
    return _described(comment)


def _described(description: str) -> str | None:
    """The table that a description says a column's values are in."""
    found = _REFERS.search(description)
    return f"marts.{found[1]}" if found else None


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
    tested = "marts." + re.findall(r"'(\w+)'", related[0])[0] if related else None
    return Column(
        name=column["name"],
        type=column["data_type"],
        is_required={"type": "not_null"} in column.get("constraints", []),
        references=tested or _described(column["description"]),
        description=column["description"],
    )
