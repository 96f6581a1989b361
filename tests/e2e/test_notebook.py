"""The notebook on the sample newsroom: its figures, its chart, its quotations, its commands."""

import json
import os
import re
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Any

import duckdb
import pytest
from marimo._ast.load import load_app

from core.config import PROJECT_ROOT
from tests.e2e.conftest import Line
from tests.support.documented import blocks

pytestmark = pytest.mark.xdist_group("line")

FOLDER = PROJECT_ROOT / "docs" / "notebook"
NOTEBOOK = FOLDER / "from_question_to_quotation.py"


@pytest.fixture(scope="module")
def defined(line: Line) -> Any:
    """What the cells of the notebook define after they ran."""
    app = load_app(NOTEBOOK)
    assert app is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_HOME", str(line.home.root))
        _, names = app.run()
    return names


def test_it_says_what_it_reads(defined: Any, line: Line) -> None:
    assert defined["publication"] == line.home.warehouse.resolve().stem
    assert defined["theme"].value == "authorship"
    with pytest.raises(duckdb.Error, match="read-only"):
        defined["warehouse"].execute("create table marts.x as select 1")


def test_its_figures_are_those_of_the_warehouse(
    defined: Any, published: duckdb.DuckDBPyConnection
) -> None:
    days = defined["days"]
    counted = published.sql(
        "select published_day, stories from marts.fct_theme_daily"
        " where theme_id = 'authorship' and scope = 'with_descendants'"
    ).fetchall()
    assert days["stories"].sum() > 0
    assert days.height > 10
    assert days["published_day"].is_sorted()
    assert set(days.select("published_day", "stories").rows()) <= set(counted)


def test_its_chart_draws_them(defined: Any) -> None:
    drawn = defined["chart"].to_dict()
    usual, line_, dots = drawn["layer"]
    assert (usual["mark"]["type"], line_["mark"]["type"]) == ("area", "line")
    assert dots["encoding"]["y"]["field"] == "stories"
    (rows,) = [one for one in drawn["datasets"].values() if len(one) == defined["days"].height]
    assert sum(row["stories"] for row in rows) == defined["days"]["stories"].sum()


def test_its_quotations_are_sentences_of_the_theme(
    defined: Any, published: duckdb.DuckDBPyConnection
) -> None:
    quotations = defined["quotations"]
    sentences = "\n".join(
        sentence for (sentence,) in published.sql("select sentence from marts.evidence").fetchall()
    )
    assert quotations.height >= 5
    for row in quotations.rows(named=True):
        assert row["quotation"] in sentences
        assert len(row["quotation"].split(" ")) <= 40
        assert row["url"].startswith("http")
        assert row["licence"]
    assert "Amazon MGM Studios" in defined["beside"]["entity"].to_list()


def test_words_of_an_outlet_are_no_html_and_no_markdown(line: Line, tmp_path: Path) -> None:
    hostile = "A [headline](http://evil.example) *with* </a><script>alert(1)</script>"
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copyfile(line.home.warehouse, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.evidence set title = $1, sentence = $1", [hostile])
    app = load_app(NOTEBOOK)
    assert app is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_HOME", str(tmp_path))
        outputs, _ = app.run()
    shown = outputs[-1].text
    assert shown.count(escape(hostile)) == 2
    assert "<script" not in shown
    assert shown.count("<a ") == 1


def commands() -> list[str]:
    (block,) = blocks(FOLDER / "README.md")
    return [
        one for one in block.code.splitlines() if not one.startswith(("marimo edit", "marimo run"))
    ]


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_page_runs(command: str, line: Line, tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(PROJECT_ROOT / "docs")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "BROADSHEET_HOME": str(line.home.root)}
    ended = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    page = tmp_path / "notebook.html"
    if page.exists():
        assert "Traceback" not in page.read_text("utf-8")
        assert "creative control" in page.read_text("utf-8").lower()
    if (tmp_path / "notebook.ipynb").exists():
        cells = json.loads((tmp_path / "notebook.ipynb").read_text("utf-8"))["cells"]
        assert len(cells) > 8


def test_every_command_is_of_a_tool_that_is_there() -> None:
    for block in blocks(FOLDER / "README.md"):
        for command in block.code.splitlines():
            assert re.match(
                r"(marimo (edit|run|export html|export ipynb)|python) docs/notebook/", command
            )
