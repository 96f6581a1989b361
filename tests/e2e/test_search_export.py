"""`broadsheet search` and `broadsheet export` on the sample newsroom's publication."""

import json
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from cli.export import ExportError, export
from cli.search import Narrowed, SearchError, cut, search
from cli.sql import QueryError
from core.home import Home
from tests.e2e.conftest import Line

pytestmark = pytest.mark.xdist_group("line")
type Capture = pytest.CaptureFixture[str]


def found(capsys: Capture, phrase: str, home: Home, **narrowed: object) -> list[dict[str, str]]:
    status = search(phrase, Narrowed(**narrowed), output="jsonl", home=home)  # type: ignore[arg-type]
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert status == (0 if rows else 1)
    return rows


def test_a_phrase_is_found_whatever_its_case(line: Line, capsys: Capture) -> None:
    rows = found(capsys, "Creative  CONTROL", line.home)
    assert len(rows) >= 5
    assert all("creative control" in row["sentence"].lower() for row in rows)
    assert [row["day"] for row in rows] == sorted((row["day"] for row in rows), reverse=True)


def test_a_plain_apostrophe_finds_a_printed_one(line: Line, capsys: Capture) -> None:
    rows = found(capsys, "actor's", line.home)
    assert rows
    assert all("actor’s" in row["sentence"] for row in rows)


def test_words_are_whole_unless_a_star_says_so(line: Line, capsys: Capture) -> None:
    assert found(capsys, "creativ", line.home) == []
    assert len(found(capsys, "creativ*", line.home)) >= len(found(capsys, "creative", line.home))


def test_signs_of_expressions_are_only_signs(line: Line, capsys: Capture) -> None:
    assert found(capsys, "creative.control", line.home) == []
    assert found(capsys, "(creative", line.home) == []


def test_a_search_is_narrowed(line: Line, capsys: Capture) -> None:
    everywhere = found(capsys, "creative control", line.home)
    here = found(capsys, "creative control", line.home, outlet="taktwerk")
    assert 0 < len(here) < len(everywhere)
    assert {row["outlet"] for row in here} == {"Taktwerk"}
    above = found(capsys, "creative control", line.home, theme="authorship")
    assert len(above) >= len(found(capsys, "creative control", line.home, theme="creative-control"))
    owner = found(capsys, "creative control", line.home, entity="amazon")
    assert owner
    assert found(capsys, "creative control", line.home, until=date(2026, 1, 1)) == []


@pytest.mark.parametrize("kind", ["outlet", "theme", "entity"])
def test_an_unknown_id_is_told(line: Line, kind: str) -> None:
    with pytest.raises(SearchError, match=r"there is no \w+ 'nobody'; broadsheet sql"):
        search("control", Narrowed(**{kind: "nobody"}), home=line.home)  # type: ignore[arg-type]


def test_nothing_to_search_for_is_told(line: Line) -> None:
    with pytest.raises(SearchError, match="no letter or digit"):
        search(" * ", home=line.home)


def test_a_quotation_has_at_most_forty_words() -> None:
    assert cut("one two") == "one two"
    assert len(cut("word " * 90).split()) == 41


# export -----------------------------------------------------------------------------------


@pytest.fixture
def restricted(line: Line, tmp_path: Path) -> Home:
    """The publication with one outlet whose texts may not leave, as a home of its own."""
    home = Home(tmp_path / "home")
    home.publications.mkdir(parents=True)
    path = home.publication("p000001")
    path.write_bytes(line.first.read_bytes())
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "update marts.dim_source set may_export_text = source_id <> 'reel-ledger'"
        )
    home.warehouse.symlink_to(path.relative_to(home.root))
    return home


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_a_file_tells_publication_and_credit(line: Line, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"themes.{suffix}"
    query = "select article_id, title, authors from marts.dim_article order by article_id"
    assert export(query, out, publication_id="p000001", home=line.home) == (54, [])
    if suffix == "xlsx":
        assert out.read_bytes()[:2] == b"PK"
        return
    rows = pl.read_csv(out) if suffix == "csv" else pl.read_parquet(out)
    assert rows.height == 54
    assert set(rows["publication_id"]) == {"p000001"}
    assert rows["attribution"].str.contains(r"^.+ \(.+\), .+").all()


def test_texts_leave_only_where_they_may(restricted: Home, tmp_path: Path) -> None:
    out = tmp_path / "texts.parquet"
    query = (
        "select source_id, text from marts.article_text"
        " inner join marts.dim_article using (article_id)"
    )
    exported = export(query, out, home=restricted)
    assert exported.withheld == ["The Reel Ledger"]
    outlets = set(pl.read_parquet(out)["source_id"])
    assert len(outlets) == 3
    assert "reel-ledger" not in outlets
    query = "select count(*) from marts.dim_article where source_id = 'reel-ledger'"
    assert export(query, out, home=restricted) == (1, [])


def test_quotations_are_cut(line: Line, tmp_path: Path) -> None:
    out = tmp_path / "sentences.parquet"
    assert export("select text from marts.article_sentence", out, home=line.home).rows > 500
    assert pl.read_parquet(out)["text"].str.split(" ").list.len().max() == 41


@pytest.mark.parametrize(
    "query",
    [
        "select 1; select 2",
        "create table t as select 1",
        "copy (select 1) to 'x.csv'",
        "select * from broadsheet.marts.article_text",
        "use broadsheet",
        "selec 1",
        "",
    ],
)
def test_only_one_select_is_exported(line: Line, tmp_path: Path, query: str) -> None:
    out = tmp_path / "rows.csv"
    with pytest.raises(QueryError):
        export(query, out, home=line.home)
    assert not out.exists()


def test_a_name_without_a_format_is_told(line: Line, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="tells no format"):
        export("select 1", tmp_path / "rows.doc", home=line.home)
