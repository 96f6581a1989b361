"""The brief is made from the publication that is named, whatever is current."""

import re
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from core.errors import PublishError
from core.home import Home
from reports.brief import write_brief
from tests.e2e.conftest import Line

pytestmark = pytest.mark.xdist_group("line")


def brief_of(line: Line, folder: Path, publication_id: str) -> str:
    """The brief of one publication, written in a home that holds only that one."""
    home = Home(folder)
    home.publications.mkdir(parents=True)
    source, target = line.home.publication(publication_id), home.publication(publication_id)
    target.symlink_to(source)
    return write_brief(publication_id, "2026-10-16", home).read_text(encoding="utf-8")


def test_it_needs_only_the_named_publication(line: Line, tmp_path: Path) -> None:
    first = brief_of(line, tmp_path / "1", "p000001")
    second = brief_of(line, tmp_path / "2", "p000002")
    assert ">p000001</a></b>" in first
    assert ">p000002</a></b>" in second
    assert "p000002" not in first


def test_its_numbers_are_those_of_the_tables(
    line: Line, published: DuckDBPyConnection, tmp_path: Path
) -> None:
    page = brief_of(line, tmp_path, "p000001")
    shown = re.findall(r"<li><b><a[^>]*>(\d+)</a></b><span>([a-z ]+)", page)
    told = {words.strip(): int(number) for number, words in shown}
    (articles, stories) = published.execute(
        "select count(*), count(distinct story_id) from marts.dim_article"
    ).fetchall()[0]
    (refused,) = published.execute(
        "select count(*) from quality.fct_disposition where status <> 'loaded'"
    ).fetchall()[0]
    assert told["new articles"] == articles
    assert told["stories"] == stories
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert f"the {refused} pages found and not loaded" in words
    assert page.lower().count("too early to say") >= 4


def test_all_three_developments_are_on_it(line: Line) -> None:
    page = line.brief.read_text(encoding="utf-8")
    for theme in ("Creative control and rights", "data-centre", "Employee data"):
        assert theme.casefold() in page.casefold()


def test_the_explanations_agree_with_what_was_published(line: Line) -> None:
    pages = sorted((line.brief.parent / "explain").glob("*.html"))
    assert len(pages) >= 10
    told = [page.read_text(encoding="utf-8") for page in pages]
    assert [page for page in told if "give another score" in page or "by taxonomy" in page] == []
    assert any("Themes that nearly were" in page and "<blockquote" in page for page in told)


def test_a_publication_that_is_not_there(line: Line) -> None:
    with pytest.raises(PublishError, match=r"p999999\.duckdb does not exist"):
        write_brief("p999999", "2026-10-16", line.home)
