"""`broadsheet sql` and `broadsheet publications` on a real publication."""

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest

from cli.publications import publications
from cli.rows import show
from cli.sql import QueryError, sql
from core.errors import PublishError
from core.home import Home
from tests.warehouse.newsroom import land, pass_gate, write_config
from warehouse.candidate import open_candidate
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
        "copy (select 1) to '{file}' (use_tmp_file false)",
        "copy (select 1) to '{file}.wal' (use_tmp_file false)",
        "explain analyze copy (select 1) to '{file}' (use_tmp_file false)",
        "from read_duckdb('{file}', schema_name = 'meta', table_name = 'publication')",
        "from read_blob('{file}')",
        "export database '{file}.folder'",
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
    assert sorted(file.parent.iterdir()) == [file]


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
    row = {"one": "a,b", "two": "2026-10-01", "three": None}
    assert json.loads(capsys.readouterr().out) == row
    sql(query + " from range(2)", output="json")
    assert json.loads(capsys.readouterr().out) == [row, row]
    sql(query + " from range(0)", output="json")
    assert json.loads(capsys.readouterr().out) == []


def test_what_json_has_no_word_for_is_null(published: Home, capsys: pytest.CaptureFixture) -> None:
    sql("select 'nan'::double as a, [1, 2] as b, {'c': 1.5} as d", output="json")
    assert json.loads(capsys.readouterr().out) == [{"a": None, "b": [1, 2], "d": {"c": 1.5}}]


def test_what_a_terminal_would_act_upon_is_not_shown(capsys: pytest.CaptureFixture) -> None:
    for output in ("table", "json", "jsonl"):
        show(["a\x1b[2J"], [["\x1b]0;owned\x07\x9b2J"]], output)
        assert not set(capsys.readouterr().out) & {"\x1b", "\x07", "\x9b"}


@pytest.mark.parametrize("suffix", ["csv", "json", "jsonl", "parquet"])
def test_a_file_takes_the_answer(published: Home, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"rows.{suffix}"
    readers = {"csv": pl.read_csv, "json": pl.read_json, "jsonl": pl.read_ndjson}
    sql("select 1 as one, 'é' as two from range(3000)", out=out)
    rows = readers.get(suffix, pl.read_parquet)(out)
    assert rows.columns == ["one", "two"]
    assert rows.height == 3000
    with pytest.raises(QueryError):
        sql("selec", out=out)
    assert readers.get(suffix, pl.read_parquet)(out).height == 3000


def test_an_ending_that_is_no_format_is_refused(published: Home, tmp_path: Path) -> None:
    out = tmp_path / "answer.xlsx"
    known = r"known are \.txt, \.table, \.csv, \.json, \.jsonl, \.parquet, or .*'broadsheet export'"
    with pytest.raises(QueryError, match=known):
        sql("select 1 as one", out=out)
    with pytest.raises(QueryError, match=r"answer\.cvs has an unknown ending"):
        sql("select 1 as one", out=tmp_path / "answer.cvs")
    assert not list(tmp_path.glob("answer*"))
    sql("select 1 as one", output="csv", out=out)
    assert out.read_text() == "one\n1\n"


@pytest.mark.parametrize("name", ["answer", "answer.txt", "answer.table"])
def test_a_table_goes_into_a_file_of_text(published: Home, tmp_path: Path, name: str) -> None:
    sql("select 1 as one", out=tmp_path / name)
    assert "(1 row)" in (tmp_path / name).read_text()


def test_parquet_goes_into_a_pipe(published: Home, capfdbinary: pytest.CaptureFixture) -> None:
    sql("select 1 as one", output="parquet")
    assert pl.read_parquet(io.BytesIO(capfdbinary.readouterr().out))["one"].to_list() == [1]


@pytest.mark.parametrize("output", ["json", "parquet"])
def test_one_file_holds_one_answer(published: Home, output: str) -> None:
    with pytest.raises(QueryError, match=f"{output} holds the answer to one statement; there are"):
        sql("select 1; select 2", output=output)


def test_a_file_of_statements_is_run(
    published: Home, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    file = tmp_path / "question.sql"
    file.write_text("-- Is it?\nselect 'yes' as answer")
    sql(str(file))
    assert "yes" in capsys.readouterr().out
    with pytest.raises(QueryError, match=r"nowhere\.sql cannot be read"):
        sql("nowhere.sql")
    file.write_bytes(b"select '\xff'")
    with pytest.raises(QueryError, match="not UTF-8"):
        sql(str(file))


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
