"""The documentation site of the dbt project as one page, with the tables of one publication.

dbt's own `docs generate` would build a candidate to ask it for its tables; here they are read from
the publication, read-only, in a fraction of a second, and nothing has to be generated before.
"""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

_SITE = files("dbt") / "task" / "docs" / "index.html"
_CATALOG_SCHEMA = "https://schemas.getdbt.com/dbt/catalog/v1.json"
_COLUMNS = """
select table_schema, table_name, column_name, data_type, column_comment, table_comment,
    estimated_size
from (
    select schema_name as table_schema, table_name, column_name, column_index, data_type,
        comment as column_comment
    from duckdb_columns() where database_name = current_database()
)
join (
    select schema_name as table_schema, table_name, comment as table_comment, estimated_size
    from duckdb_tables() where database_name = current_database()
) using (table_schema, table_name)
order by table_schema, table_name, column_index
"""


def docs_page(manifest: Path, connection: DuckDBPyConnection) -> bytes:
    """The whole site: dbt's page with the manifest and the publication's catalog inside.

    Raises:
        FileNotFoundError: the manifest was not made yet.
    """
    told = json.loads(manifest.read_bytes())
    page = _SITE.read_text("utf-8")
    for place, content in (("MANIFEST", told), ("CATALOG", catalog(told, connection))):
        page = page.replace(f'"{place}.JSON INLINE DATA"', _inline(content))
    return page.encode()


def catalog(manifest: dict[str, Any], connection: DuckDBPyConnection) -> dict[str, Any]:
    """What dbt calls `catalog.json`: tables and columns as the open publication has them."""
    tables: dict[tuple[str, str], dict[str, Any]] = {}
    for schema, table, column, kind, comment, about, rows in connection.execute(
        _COLUMNS
    ).fetchall():
        found = tables.setdefault((schema, table), _table(schema, table, about, rows))
        index = len(found["columns"]) + 1
        found["columns"][column] = {
            "type": kind, "index": index, "name": column, "comment": comment,
        }  # fmt: skip
    nodes = {
        unique_id: {**tables[key], "unique_id": unique_id}
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and (key := (node["schema"], node["name"])) in tables
    }
    metadata = {**manifest["metadata"], "dbt_schema_version": _CATALOG_SCHEMA}
    return {"metadata": metadata, "nodes": nodes, "sources": {}, "errors": None}


def _table(schema: str, name: str, comment: str | None, rows: int) -> dict[str, Any]:
    count = {
        "id": "row_count", "label": "Rows", "value": rows, "include": True,
        "description": "In the publication that is read now",
    }  # fmt: skip
    return {
        "metadata": {
            "type": "BASE TABLE", "schema": schema, "name": name, "database": None,
            "comment": comment, "owner": None,
        },
        "columns": {},
        "stats": {"row_count": count, "has_stats": {
            "id": "has_stats", "label": "Has Stats?", "value": True, "include": False,
            "description": "Indicates whether there are statistics for this table",
        }},
    }  # fmt: skip


def _inline(content: dict[str, Any]) -> str:
    """JSON that may stand inside a script: no tag can end it."""
    return json.dumps(content).replace("<", "\\u003c")
