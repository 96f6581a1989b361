"""The dbt project itself: unit tests, documentation, comments, style."""

import subprocess
import sys
from pathlib import Path

from core.config import PROJECT_ROOT
from core.files import read_json
from core.home import Home
from tests.dbt.editions import three_editions
from tests.dbt.runs import do_dbt, open_editions, rows

PROJECT = PROJECT_ROOT / "dbt_project"


def test_unit_tests_and_documentation(newsroom: Home) -> None:
    """dbt's unit tests pass, and its documentation builds, on a candidate that dbt has built."""
    run = open_editions(newsroom, "documented", *three_editions())
    do_dbt(run, "build", "--exclude-resource-type", "unit_test")
    do_dbt(run, "test", "--select", "test_type:unit")
    do_dbt(run, "docs", "generate")
    catalog = read_json(run.work / "dbt" / "catalog.json")
    assert "model.broadsheet.fct_theme_daily" in catalog["nodes"]
    assert catalog["errors"] is None


def test_every_column_has_a_comment(candidate: Path) -> None:
    bare = rows(
        candidate,
        "select table_name, column_name from duckdb_columns()"
        " where database_name = 'candidate' and comment is null"
        " union all select table_name, '' from duckdb_tables() where comment is null",
    )
    assert bare == []


def test_only_tables_are_published(candidate: Path) -> None:
    """A view or a temporary table would name a catalog that has another name when published."""
    assert rows(candidate, "select view_name from duckdb_views() where not internal") == []
    assert (
        rows(candidate, "from duckdb_tables() where table_name like '%\\_\\_dbt%' escape ''") == []
    )


def test_only_staging_reads_raw() -> None:
    readers = {
        model.parent.name
        for model in (PROJECT / "models").rglob("*.sql")
        if "source('raw'" in model.read_text()
    }
    assert readers == {"staging"}


def test_style() -> None:
    linted = subprocess.run(
        [Path(sys.executable).parent / "sqlfluff", "lint", "models", "macros", "tests"],
        cwd=PROJECT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert linted.returncode == 0, linted.stdout
