"""Whatever a publisher writes, a spreadsheet shows it as text, and it can be read back."""

from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.spreadsheets import as_meant, csv_bytes, csv_rows, harmless

CALCULATED = "=+-@\t\r\n＝＋－＠"
WRITABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(WRITABLE | st.text(CALCULATED + "'a1", max_size=6))
def test_no_cell_is_a_formula_and_none_is_lost(text: str) -> None:
    cell = harmless(text)
    assert as_meant(cell) == text
    if cell[:1] and cell[0] in CALCULATED:
        assert float(cell) == float(text)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("-3", "-3"),
        ("+2.5", "+2.5"),
        ("-3+1", "'-3+1"),
        ("@outlet", "'@outlet"),
        ("'quoted'", "'quoted'"),
    ],
)
def test_only_what_is_calculated_gets_an_apostrophe(text: str, cell: str) -> None:
    assert harmless(text) == cell


@given(st.lists(st.tuples(WRITABLE, WRITABLE), max_size=4))
def test_rows_come_back(rows: list[tuple[str, str]]) -> None:
    read = csv_rows(csv_bytes(["a", "b"], rows))
    assert [(row["a"], row["b"]) for row in read] == rows


def test_what_analysts_use_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "brief.csv"
    path.write_bytes(csv_bytes(["label", "value"], [("Köln, „Ja“\n2", 3), ("x", None)]))
    rows = [("Köln, „Ja“\n2", 3), ("x", None)]
    assert duckdb.sql(f"select label, value from '{path}'").fetchall() == rows
    assert pl.read_csv(path).rows() == rows
