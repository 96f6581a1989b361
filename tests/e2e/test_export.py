"""`broadsheet export`: files with publication and credit, and no words that may not leave."""

import io
import json
import re
import sys
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner

from cli.export import export
from cli.export_file import About, ExportError, file_content
from cli.guarded import open_guarded
from cli.main import app
from cli.sql import QueryError
from core.config import PROJECT_ROOT
from core.errors import HomeError
from core.home import Home
from tests.e2e.conftest import Line

pytestmark = pytest.mark.xdist_group("line")
GUARDED = "reel-ledger"
LONG = re.compile(r"(?:\S+\s+){40}\S")


@pytest.fixture(scope="module")
def restricted(line: Line, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The publication with one outlet whose texts may not leave, as a home of its own."""
    home = Home(tmp_path_factory.mktemp("restricted") / "home")
    home.publications.mkdir(parents=True)
    path = home.publication("p000001")
    path.write_bytes(line.first.read_bytes())
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"update marts.dim_source set may_export_text = source_id <> '{GUARDED}'"
        )
    home.warehouse.symlink_to(path.relative_to(home.root))
    return home


@pytest.fixture(scope="module")
def guarded_texts(line: Line) -> list[str]:
    """The texts that may not leave: not those that another outlet printed, which lets them."""
    with duckdb.connect(str(line.first), read_only=True) as connection:
        rows = connection.execute(
            "select text from marts.article_text inner join marts.dim_article using (article_id)"
            f" where source_id = '{GUARDED}' and origin = 'own'"
        ).fetchall()
    return [text for (text,) in rows]


def exported(query: str, home: Home, folder: Path, phrase: str | None = None) -> pl.DataFrame:
    out = folder / "rows.parquet"
    export(query, out, phrase=phrase, home=home)
    return pl.read_parquet(out)


# What a file says of itself -----------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_a_file_tells_publication_and_credit(line: Line, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"articles.{suffix}"
    query = "select article_id as story, title, authors from marts.dim_article order by article_id"
    assert export(query, out, publication_id="p000001", home=line.home) == (54, [])
    rows = _cells(out) if suffix == "xlsx" else (
        pl.read_csv(out) if suffix == "csv" else pl.read_parquet(out)
    )  # fmt: skip
    assert rows.height == 54
    assert set(rows["publication_id"]) == {"p000001"}
    assert rows["attribution"].str.contains(r"^.+ \(.+\), .+").all()
    assert rows["attribution"].n_unique() == 4


def test_a_count_over_outlets_credits_them_all(line: Line, tmp_path: Path) -> None:
    rows = exported("select language, count(*) from marts.dim_article group by all", line.home,
                    tmp_path)  # fmt: skip
    assert "Taktwerk" in rows["attribution"][0]
    assert "The Albion Post" in rows["attribution"][0]


def test_a_column_of_the_query_is_not_overwritten(line: Line, tmp_path: Path) -> None:
    query = "select 'then' as publication_id, 'me' as attribution"
    rows = exported(query, line.home, tmp_path)
    assert rows["publication_id"].to_list() == ["then"]
    assert rows["exported_publication_id"].to_list() == [line.home.warehouse.resolve().stem]
    assert rows["attribution"].to_list() == ["me"]
    assert "exported_attribution" in rows.columns


def test_a_parquet_file_knows_its_query(line: Line, tmp_path: Path) -> None:
    exported("select 41 + 1 as answer", line.home, tmp_path)
    told = pl.read_parquet_metadata(tmp_path / "rows.parquet")
    assert told["query"] == "select 41 + 1 as answer"
    assert "Taktwerk (" in told["credits"]


def test_every_question_of_the_docs_can_be_exported(line: Line, tmp_path: Path) -> None:
    for query in sorted((PROJECT_ROOT / "docs" / "queries").glob("*.sql")):
        for suffix in ("csv", "xlsx"):
            export(str(query), tmp_path / f"{query.stem}.{suffix}", home=line.home)


# Spreadsheets -------------------------------------------------------------------------------

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x.example")']


def test_no_text_is_a_formula(tmp_path: Path) -> None:
    rows = pl.DataFrame({"text": HOSTILE, "number": [-1] * len(HOSTILE)})
    about = About("p000001", "=1+1", ["=1+1"])
    written = pl.read_csv(io.BytesIO(file_content(rows, "csv", about)))
    assert written["text"].to_list() == [f"'{text}" for text in HOSTILE]
    assert written["number"].to_list() == [-1] * len(HOSTILE)
    book = zipfile.ZipFile(io.BytesIO(file_content(rows, "xlsx", about)))
    for name in book.namelist():
        if name.startswith("xl/worksheets/"):
            assert "<f>" not in book.read(name).decode()


def test_dates_of_a_sheet_are_dates(line: Line, tmp_path: Path) -> None:
    out = tmp_path / "rows.xlsx"
    query = "select date '2026-10-16' as day, timestamp '2026-10-16 05:00' as moment, 1.5 as number"
    export(query, out, home=line.home)
    rows = _cells(out)
    assert rows["day"][0] == date(2026, 10, 16)
    assert rows["moment"][0] == datetime(2026, 10, 16, 5)
    assert rows["number"][0] == 1.5
    assert "Taktwerk" in _sheet(out, 2)


def test_nested_values_become_text(line: Line, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    query = "select ['a', null] as l, {'x': [1]} as s, map {'k': 1} as m, encode('é') as b"
    export(query, out, home=line.home)
    row = pl.read_csv(out).row(0, named=True)
    assert row["l"] == "a; "
    assert json.loads(row["s"]) == {"x": [1]}
    assert json.loads(row["m"]) == {"k": 1}
    assert row["b"] == "c3a9"


def test_what_a_sheet_cannot_hold_is_told() -> None:
    about = About("p000001", "", [])
    with pytest.raises(ExportError, match="32,767 characters"):
        file_content(pl.DataFrame({"text": ["a" * 40_000]}), "xlsx", about)
    with pytest.raises(ExportError, match="do not fit into a sheet"):
        file_content(pl.DataFrame({"n": range(1_048_576)}), "xlsx", about)


# Words that may not leave -------------------------------------------------------------------


def test_texts_leave_only_where_they_may(restricted: Home, tmp_path: Path) -> None:
    out = tmp_path / "texts.parquet"
    query = (
        "select source_id, text from marts.article_text"
        " inner join marts.dim_article using (article_id)"
    )
    assert export(query, out, home=restricted) == (54, ["The Reel Ledger"])
    rows = pl.read_parquet(out)
    guarded = rows.filter(source_id=GUARDED)
    assert guarded.height == 12
    assert guarded["text"].null_count() == 12
    assert rows.filter(pl.col("source_id") != GUARDED)["text"].null_count() == 0


def test_counts_are_right_whoever_wrote_it(restricted: Home, line: Line, tmp_path: Path) -> None:
    for table in ("article_text", "article_version", "article_sentence", "evidence"):
        query = f"select count(*) as n from marts.{table}"
        assert exported(query, restricted, tmp_path)["n"].item() == (
            exported(query, line.home, tmp_path)["n"].item()
        )


def test_only_texts_that_were_asked_for_are_told(restricted: Home, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    for query in (
        "select theme_id, count(*) from marts.fct_theme_evidence group by all",
        "select 'marts.article_text' as name",
    ):
        assert export(query, out, home=restricted).withheld == []


@pytest.mark.parametrize(
    "query",
    [
        "select text from marts.article_text",
        "select t from (select text as t from marts.article_text as a) as b",
        "with a as (from marts.article_version) select reverse(text), text[1:99999] from a",
        "select string_agg(text, ' ') from marts.article_sentence group by article_id",
        "select list(sentence) from marts.evidence group by article_id",
        "select unnest(string_split(text, '.')) from marts.article_text",
        'select "TEXT" from "broadsheet"."marts"."article_text"',
        'select text from broadsheet /**/ . -- no\n marts . "article_text"',
        "from broadsheet.marts.article_text",
        "from query('from marts.article_text')",
        "from query_table('broadsheet.marts.article_text')",
        "select max(text), min(text), first(text), mode(text) from marts.article_text",
        "select to_json(a) from marts.article_text as a",
        "select sentence_no, text from marts.article_sentence",
        "select columns(*) from marts.article_version",
    ],
)  # fmt: skip
def test_no_query_gets_more_than_quotations(
    restricted: Home, guarded_texts: list[str], tmp_path: Path, query: str
) -> None:
    found = "\n".join(map(str, exported(query, restricted, tmp_path).rows()))
    words = re.sub(r"\W+", " ", found)
    for text in guarded_texts:
        sentences = [re.sub(r"\W+", " ", one).strip() for one in re.split(r"[.?!]\s", text)]
        quoted = [one for one in sentences if len(one) > 40 and one in words]
        assert len(quoted) <= 4, quoted  # three, and one that this rough split cut in two
        assert text[::-1][:200] not in found


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_text('{file}')",
        "select * from read_blob('{file}')",
        "from read_duckdb('{file}', schema_name = 'marts', table_name = 'article_text')",
        "from '{file}'",
        "copy marts.article_text to 'x.csv'",
        "attach '{file}' as other (read_only)",
        "use other",
        "from tables.marts.article_text",
        "select 1; select 2",
        "create table t as select 1",
        "create view v as from marts.article_text",
        "set enable_external_access = true",
        "call pragma_storage_info('marts.article_text')",
        "selec 1",
        "",
        "select 1 as a, 2 as A",
        "select interval 1 day as took",
    ],
)
def test_only_one_select_of_the_publication_is_exported(
    restricted: Home, tmp_path: Path, query: str
) -> None:
    out = tmp_path / "rows.csv"
    with pytest.raises(QueryError) as told:
        export(query.format(file=restricted.publication("p000001")), out, home=restricted)
    assert not out.exists()
    assert not re.search(r"tables_[0-9a-f]{32}", str(told.value))


def test_the_names_drawn_by_lot_serve_no_second_query(restricted: Home, tmp_path: Path) -> None:
    query = "select database_name from duckdb_databases() where database_name like 'tables%'"
    (drawn,) = exported(query, restricted, tmp_path)["database_name"]
    with pytest.raises(QueryError, match=r"broadsheet|does not exist"):
        exported(f"from {drawn}.marts.article_text", restricted, tmp_path)


def test_no_column_holds_more_than_a_quotation(restricted: Home, guarded_texts: list[str]) -> None:
    """Whatever table a later model adds, its words are guarded or this fails."""
    whole = "\n".join(guarded_texts)
    with open_guarded(restricted) as (connection, _):
        columns = connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns()"
            " where database_name = 'broadsheet' and schema_name in ('marts', 'quality', 'meta')"
        ).fetchall()
        assert len(columns) > 200
        for table, column in columns:
            values = connection.execute(f'select distinct "{column}"::varchar from {table}')
            for (value,) in values.fetchall():
                assert not (value and LONG.search(value) and value in whole), (table, column)


def test_sentences_are_few_and_cut(restricted: Home, tmp_path: Path) -> None:
    query = (
        "select article_id, source_id, sentence_no, section, text from marts.article_sentence"
        " inner join marts.dim_article using (article_id)"
    )
    rows = exported(query, restricted, tmp_path)
    words = rows["text"].drop_nulls().str.replace(" …", "").str.extract_all(r"\S+").list.len()
    assert words.max() == 40
    quoted = rows.filter(
        pl.col("source_id") == GUARDED, pl.col("section") == "body", pl.col("text").is_not_null()
    )
    most = quoted.group_by("article_id").len()["len"]
    assert most.max() == 3
    titles = rows.filter(source_id=GUARDED, section="title")
    assert titles["text"].null_count() == 0
    assert rows.filter(pl.col("source_id") != GUARDED)["text"].null_count() == 0


def test_sentences_that_are_asked_for_come_first(restricted: Home, tmp_path: Path) -> None:
    query = (
        "select text from marts.article_sentence inner join marts.dim_article using (article_id)"
        f" where source_id = '{GUARDED}' and section = 'body' and text ilike '%it''s%'"
    ).replace("it''s", "likeness")
    before = exported(query, restricted, tmp_path).height
    after = exported(query, restricted, tmp_path, phrase="Likeness")
    assert after.height > before
    assert exported(query, restricted, tmp_path, phrase="' or true --").height == before


# The command --------------------------------------------------------------------------------


@pytest.fixture
def asked(line: Line, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("BROADSHEET_HOME", str(line.home.root))
    return CliRunner()


def test_rows_come_on_standard_output_without_a_file(asked: CliRunner) -> None:
    answer = asked.invoke(app, ["export", "select 1 as one", "--format", "csv"])
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[0] == "one,publication_id,attribution"
    assert "export: 1 row" in answer.stderr


def test_a_file_is_named_with_its_rows(asked: CliRunner, tmp_path: Path) -> None:
    out = tmp_path / "rows.xlsx"
    answer = asked.invoke(app, ["export", "select 1 as one", "--out", str(out)])
    assert answer.stdout == f"{out}: 1 row\n"


def test_a_terminal_gets_no_workbook(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    with pytest.raises(ExportError, match="name a file with --out"):
        export("select 1", file_format="xlsx", home=line.home)


def test_a_name_without_a_format_is_told(line: Line, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="tells no format"):
        export("select 1", tmp_path / "rows.doc", home=line.home)


def test_a_place_that_takes_no_file_is_told(line: Line, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeError, match=r"cannot be written.*name another file"):
        export("select 1", tmp_path / "file" / "rows.csv", home=line.home)


def _sheet(book: Path, number: int) -> str:
    """The XML of a sheet with the strings that it shares."""
    with zipfile.ZipFile(book) as archive:
        return (
            archive.read(f"xl/worksheets/sheet{number}.xml") + archive.read("xl/sharedStrings.xml")
        ).decode()


def _cells(book: Path) -> pl.DataFrame:
    """The first sheet as a spreadsheet reads it: shared strings looked up, dates by their style."""
    with zipfile.ZipFile(book) as archive:
        strings = re.findall(r"<si><t[^>]*>(.*?)</t></si>",
                             archive.read("xl/sharedStrings.xml").decode(), re.DOTALL)  # fmt: skip
        formats = dict(
            re.findall(
                r'numFmtId="(\d+)" formatCode="([^"]+)"', archive.read("xl/styles.xml").decode()
            )
        )
        styles = re.search(r"<cellXfs.*?</cellXfs>", archive.read("xl/styles.xml").decode())
        assert styles
        codes = [formats.get(one, "") for one in re.findall(r'<xf numFmtId="(\d+)"', styles[0])]
        rows = re.findall(r"<row .*?</row>", archive.read("xl/worksheets/sheet1.xml").decode())
    values = [
        [_value(attributes, value, strings, codes)
         for attributes, value in re.findall(r"<c ([^>]*)><v>(.*?)</v></c>", row)]
        for row in rows
    ]  # fmt: skip
    return pl.DataFrame(values[1:], schema=values[0], orient="row", strict=False)


def _value(attributes: str, value: str, strings: list[str], codes: list[str]) -> object:
    if 't="s"' in attributes:
        return strings[int(value)]
    style = re.search(r's="(\d+)"', attributes)
    code = codes[int(style[1])] if style else ""
    if "yy" in code:
        found = datetime(1899, 12, 30) + timedelta(seconds=round(float(value) * 86_400))
        return found if "hh" in code else found.date()
    return float(value)
