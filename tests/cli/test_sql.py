"""`broadsheet sql` and `broadsheet publications` on a real publication."""

import csv
import io
import json
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from cli.publications import publications
from cli.sql import QueryError, _prompt, sql
from core.errors import PublishError
from core.home import Home
from tests.warehouse.newsroom import land, pass_gate, write_config
from warehouse.candidate import open_candidate
from warehouse.publications import open_read_only
from warehouse.publish import publish


@pytest.fixture
def published(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("BROADSHEET_CONFIG", str(write_config(tmp_path / "config")))
    run = land(home, "2026-10-01", ["a"])
    open_candidate(run.run_id)
    pass_gate(run)
    publish(run.run_id)
    return home


def test_a_query_is_answered_as_a_table(published: Home, capsys: pytest.CaptureFixture) -> None:
    assert sql("select publication_id, edition, base_publication_id from meta.publication") == 0
    out = capsys.readouterr().out
    assert "p000001" in out
    assert "2026-10-01" in out
    assert "NULL" in out
    assert "(1 row)" in out


def test_a_value_is_never_read_as_markup(published: Home, capsys: pytest.CaptureFixture) -> None:
    sql("select '[red]x[/red] [/nonsense]' as text")
    assert "[red]x[/red] [/nonsense]" in capsys.readouterr().out


def test_a_column_is_never_read_as_markup(published: Home, capsys: pytest.CaptureFixture) -> None:
    sql('select 1 as "[/a]"')
    assert "[/a]" in capsys.readouterr().out


@pytest.mark.parametrize(
    "statement",
    [
        "copy (select 1) to '{file}'",
        "attach '{file}' as other",
        "set enable_external_access = true",
        "select * from read_text('{file}')",
    ],
)
def test_no_statement_reaches_another_file(published: Home, statement: str) -> None:
    file = published.publication("p000001")
    before = file.read_bytes()
    with pytest.raises(QueryError):
        sql(statement.format(file=file))
    assert file.read_bytes() == before


def test_a_pipe_gets_whole_values(published: Home, capsys: pytest.CaptureFixture) -> None:
    sql("select repeat('long ', 200) as text")
    assert "long " * 199 in capsys.readouterr().out


def test_csv_and_jsonl_are_for_programs(published: Home, capsys: pytest.CaptureFixture) -> None:
    query = "select 'a,b' as one, date '2026-10-01' as two, null as three"
    sql(query, output="csv")
    written = capsys.readouterr().out
    assert "\r" not in written
    rows = list(csv.reader(io.StringIO(written)))
    assert rows == [["one", "two", "three"], ["a,b", "2026-10-01", ""]]
    sql(query, output="jsonl")
    assert json.loads(capsys.readouterr().out) == {"one": "a,b", "two": "2026-10-01", "three": None}


def test_statements_come_on_standard_input(
    published: Home, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("select 41 as a; select 42 as b;"))
    sql()
    out = capsys.readouterr().out
    assert "41" in out
    assert "42" in out


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("delete from meta.publication", "read-only"),
        ("selec 1", "syntax error"),
        ("from marts.no_such_table", "does not exist"),
    ],
)
def test_a_wrong_statement_is_told(published: Home, statement: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        sql(statement)


def test_an_unknown_publication_is_told(published: Home) -> None:
    with pytest.raises(PublishError, match="p000009"):
        sql("select 1", publication_id="p000009")


def test_the_prompt_survives_errors_and_describes(
    published: Home, capsys: pytest.CaptureFixture
) -> None:
    typed = "\\d\nselec 1;\nselect 40 +\n2 as answer;\n\\d meta.edition\n\\q\n"
    connection = open_read_only(published)
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text(typed.replace("\n", "\r"))
        _prompt(connection)
    connection.close()
    out = capsys.readouterr().out
    assert "quality.expectation_result" in out
    assert "syntax error" in out
    assert "42" in out
    assert "Hash over its landed files." in out


def test_publications_are_listed(published: Home, capsys: pytest.CaptureFixture) -> None:
    assert publications(output="jsonl") == 0
    row = json.loads(capsys.readouterr().out)
    assert row["publication_id"] == "p000001"
    assert row["gate_result"] == "passed"
    assert row["is_current"] is True


def test_no_publication_is_said(home: Home, capsys: pytest.CaptureFixture) -> None:
    assert publications() == 0
    assert "Nothing is published yet" in capsys.readouterr().out
    with pytest.raises(PublishError, match="make run"):
        sql("select 1")
