"""Every number of a brief leads to a query that runs as it is, and to the rows that it gives."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import lxml.html
import pytest

from cli.sql import sql
from core.home import Home
from core.spreadsheets import harmless
from reports.brief import write_brief
from reports.facts import Facts
from reports.lists import SQL, literal
from reports.numbers import as_csv
from tests.reports.conftest import FIRST, SECOND, Briefs
from tests.reports.publication import Paper
from tests.reports.test_facts import DAY, facts_of

FORMULA = '=HYPERLINK("https://bad.test")'
NOT_LISTED = {
    "wordings", "printed_figures", "figure_causes", "figure_subjects", "coverage_edges",
    "coverage_grid",
}  # fmt: skip
"""Whole texts never leave; of figures printed before, each has a query of its own; the grid of
outlets by editions is a page of Airflow's UI."""


def lists() -> set[str]:
    names = {path.stem for path in SQL.glob("*.sql")}
    return {name for name in names if not name.startswith("explain_")} - NOT_LISTED


def ask(query: Path, publication_id: str, home: Home, capsys: pytest.CaptureFixture[str]) -> str:
    """What `broadsheet sql --publication ID --format csv` prints for the file."""
    capsys.readouterr()
    assert sql(query.read_text(), publication_id, "csv", home=home) == 0
    return capsys.readouterr().out


def safe(printed: str) -> list[list[str]]:
    return [[harmless(cell) for cell in row] for row in csv.reader(io.StringIO(printed))]


@pytest.mark.parametrize("which", ["first", "second"])
def test_each_query_runs_as_it_is_and_gives_the_rows(
    briefs: Briefs, which: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edition, publication = {"first": (FIRST, "p000001"), "second": (SECOND, "p000002")}[which]
    folder = briefs.home.report(edition.day) / "numbers"
    for name in lists():
        asked = ask(folder / f"{name}.sql", publication, briefs.home, capsys)
        assert safe(asked) == list(csv.reader((folder / f"{name}.csv").open())), name
        assert (
            f"--publication {publication} --format csv &lt; {name}.sql"
            in (folder / f"{name}.html").read_text()
        )
    told = {path.name for path in folder.iterdir()}
    assert told == {"index.html"} | {
        f"{n}.{kind}" for n in lists() for kind in ("sql", "csv", "html")
    }


def test_every_link_of_a_page_leads_to_something(briefs: Briefs) -> None:
    for brief in (briefs.first, briefs.second):
        pages = [path for path in brief.parent.rglob("*.html") if path.parent.name != "explain"]
        assert len(pages) > 15
        for page in pages:
            for link in re.findall(r'href="([^"]*)"', page.read_text()):
                address, _, place = unescape(link).partition("#")
                if address.startswith("http"):
                    continue
                target = page.parent / unquote(address) if address else page
                assert target.is_file(), (page, link)
                ids = re.findall(r' id="([^"]*)"', target.read_text())
                assert not place or unquote(place) in [unescape(one) for one in ids], (page, link)
                assert len(ids) == len(set(ids)), target


def all_that_can_happen() -> Paper:
    """A brief in which each sentence with a number stands; no name and no title has a digit."""
    letters = "abcdefgh"
    sets = {"outlet-000": "trade-press", "outlet-001": "nationals"}
    paper = Paper(DAY, outlets=9, name="The Paper", sets=sets, themes=("labour", "data", "chips"))
    paper.past(*[40] * 20)
    paper.measured["labour"] = (0.913, 23)
    for one in letters:
        paper.article(
            f"News {one}", f"A union vote {one}.", f"Amazon met Meta {one}.",
            names=("Amazon", "Meta"), hours=10,
        )  # fmt: skip
    paper.copies("{:016x}".format(len(paper.rows["marts.dim_article"]) - 1), 8)
    paper.usually("labour", 0, 2, is_burst=True)
    paper.usually("data", 2, 3)
    for one in letters:
        old = paper.article(f"Old {one}", f"One {one}. Two.", days_ago=1, theme=None)
        paper.cite(old)
        paper.correct(old, f"Other {one}. Two.", "minor" if one < "e" else "correction")
        paper.verdict(f"expects_{one}", success=False)
        paper.decide("override", "It is so.")
        paper.refuse(one)
    for number, one in enumerate("abcd" * 4):
        paper.print_figure(f"headline.{one}", "1", "2", 1 + number // 4)
    paper.trouble(0, failed_looks=1, deferred=2)
    for outlet in range(1, 7):
        paper.trouble(outlet, is_silent=True)
    return paper


def first_of_all() -> Paper:
    paper = Paper(DAY, name="The Paper")
    paper.article("News", "A union vote.")
    return paper


def quiet() -> Paper:
    paper = Paper(DAY, name="The Paper", taxonomy=("2", "1"))
    paper.past(*[4] * 20)
    paper.usually("labour", 2, 5)
    return paper


NO_NUMBERS = (
    "a[@class='q'] | .//blockquote | .//q | .//figure | .//*[@class='sides'] | .//h3 | .//a[@rel]"
)
"""What leads to its list; what is an outlet's own words; the chart, whose numbers the table has."""
DATES = r"(\w+, )?\d{1,2} (October|November)( 2026)?(, )?|\d{4}-\d\d-\d\d|\d\d:\d\d|\bp\d{6}\b"


@pytest.mark.parametrize("make", [all_that_can_happen, first_of_all, quiet])
def test_every_number_of_a_brief_leads_to_its_list(home: Home, make: Callable[[], Paper]) -> None:
    make().publish(home)
    brief = write_brief("p100000", DAY.isoformat(), home)
    page = lxml.html.fromstring(brief.read_bytes()).find("body")
    led = {one.get("href") for one in page.iterfind(".//a[@class='q']")}
    for one in page.xpath(f".//{NO_NUMBERS}"):
        one.drop_tree()
    left = re.sub(DATES, "", " ".join(page.text_content().split()))
    assert re.findall(r".{0,40}\d.{0,20}", left) == []
    for link in led:
        address, _, place = link.partition("#")
        ids = re.findall(r' id="([^"]*)"', (brief.parent / address).read_text())
        assert not place or unquote(place) in [unescape(one) for one in ids], link
    told = {link.partition("#")[0] for link in led}
    assert told >= {f"numbers/{name}.html" for name in ("coverage", "headline", "themes", "usual")}


def test_no_file_holds_a_text_or_a_formula(home: Home) -> None:
    paper = Paper(DAY)
    words = [f"word{number}" for number in range(90)]
    paper.article(FORMULA, " ".join(words), "Amazon and Meta and then.", names=("Amazon", "Meta"))
    cited = paper.article("Cited", " ".join(words), days_ago=1)
    paper.cite(cited)
    paper.correct(cited, " ".join(reversed(words)))
    paper.publish(home)
    brief = write_brief("p100000", DAY.isoformat(), home)
    files = [path for path in brief.parent.rglob("*") if path.suffix in {".csv", ".html"}]
    for path in files:
        if path.parent.name != "explain":
            assert "word39 word40" not in path.read_text(), path
    stories = (brief.parent / "numbers" / "stories.csv").read_text()
    assert f"'{FORMULA}".replace('"', '""') in stories


def test_an_earlier_list_goes(home: Home) -> None:
    Paper(DAY).publish(home)
    left = home.report(DAY) / "numbers" / "gone.csv"
    left.parent.mkdir(parents=True)
    left.write_text("x")
    write_brief("p100000", DAY.isoformat(), home)
    assert not left.exists()


def test_literals_survive_quotes_and_nothing() -> None:
    assert literal("o'hare") == "'o''hare'"
    assert literal([]) == "[]::varchar[]"
    assert literal(DAY) == "date '2026-10-16'"


def test_a_csv_has_a_line_for_no_rows(home: Home) -> None:
    facts: Facts = facts_of(Paper(DAY), home)
    assert as_csv(facts.listings["pairs"]).startswith("pair_id,name_a,name_b,")
    assert as_csv(facts.listings["pairs"]).count("\n") == 1
