"""`broadsheet extract`: JSON lines in, JSON lines out, in order."""

import gzip
import json
from io import StringIO
from pathlib import Path

import pytest

from cli.extract import extract_file, extract_lines
from core.errors import BroadsheetError

PAGE = (
    "<html lang='en'><head><title>The hall waits</title>"
    "<meta name='author' content='Ada Lovelace'>"
    "<meta property='article:published_time' content='2025-10-15T08:00:00Z'></head><body><article>"
    "<h1>The hall waits</h1>"
    + "<p>The council met on Monday to hear how the new hall would be paid for, and after three "
    "hours of questions it voted to ask the builders for another plan.</p>"
    * 3
    + "</article></body></html>"
)
KEYS = {
    "id", "title", "text", "published_at", "published_precision", "published_method", "authors",
    "language",
}  # fmt: skip


def run(*pages: dict[str, object]) -> tuple[int, list[dict[str, object]]]:
    out = StringIO()
    refused = extract_lines((json.dumps(page) for page in pages), out)
    return refused, [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_line_has_its_answer_in_order() -> None:
    refused, rows = run(
        {"id": "a", "url": "https://a.test/x", "html": PAGE},
        {"id": 2, "html": "<p>too short</p>"},
        {"id": "c", "html": PAGE},
    )
    assert refused == 1
    assert [row["id"] for row in rows] == ["a", 2, "c"]
    assert set(rows[0]) == KEYS
    assert rows[0]["title"] == "The hall waits"
    assert (rows[0]["published_at"], rows[0]["published_precision"]) == (
        "2025-10-15T08:00:00Z",
        "second",
    )
    assert (rows[0]["authors"], rows[0]["language"]) == (["Ada Lovelace"], "en")
    assert rows[1]["text"] is None
    assert "error" in rows[1]


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"html": "x"}'])
def test_a_bad_line_is_named(line: str) -> None:
    with pytest.raises(BroadsheetError, match="line 1"):
        extract_lines([line], StringIO())


def test_one_page_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    out = StringIO()
    assert extract_file(path, "https://a.test/x", out) == 0
    assert json.loads(out.getvalue())["title"] == "The hall waits"
    with pytest.raises(BroadsheetError, match="cannot be read"):
        extract_file(tmp_path / "nothing.html", "https://a.test/x", StringIO())


def test_a_gzipped_page_is_read_as_it_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "page.html.gz"
    path.write_bytes(gzip.compress(PAGE.encode()))
    out = StringIO()
    assert extract_file(path, "https://a.test/x", out) == 0
