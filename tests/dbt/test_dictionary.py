"""The committed data dictionary is what the tables say, and says what the published file says."""

from pathlib import Path

from cli.dictionary import PAGE, dictionary
from tests.dbt.runs import rows


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text() == dictionary(), "write it again: python -m cli.dictionary"


def test_it_names_every_column_of_a_candidate(candidate: Path) -> None:
    page = dictionary()
    for schema, table, column, comment in rows(
        candidate,
        "select schema_name, table_name, column_name, comment from duckdb_columns()"
        " where database_name = 'candidate'",
    ):
        assert f"### {schema}.{table}\n" in page
        assert f"| `{column}` |" in page
        assert str(comment).replace("|", "/") in page
