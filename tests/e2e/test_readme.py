"""The README is true: its SQL answers, its commands and files exist."""

import re

import pytest
from duckdb import DuckDBPyConnection
from typer.main import get_command

from cli.main import app
from core.config import PROJECT_ROOT

pytestmark = pytest.mark.xdist_group("line")

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
STATEMENTS = [
    statement.strip()
    for block in re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    for statement in block.split(";")
    if "from marts" in statement
]


def test_there_is_sql_to_try() -> None:
    assert len(STATEMENTS) >= 2


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_question_has_an_answer(published: DuckDBPyConnection, statement: str) -> None:
    assert published.execute(statement).fetchall()


def test_every_make_target_exists() -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"`?make (?:-s )?([a-z-]+)", README)) <= targets


def test_every_command_exists() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert set(re.findall(r"bin/broadsheet ([a-z]+)", README)) <= set(commands)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_every_link_leads_to_a_file(link: str) -> None:
    assert (PROJECT_ROOT / link).exists()


def test_every_folder_of_the_tree_exists() -> None:
    tree = re.findall(r"^([a-z_]+)/ ", README, re.MULTILINE)
    assert len(tree) >= 10
    assert all((PROJECT_ROOT / folder).is_dir() for folder in tree)
