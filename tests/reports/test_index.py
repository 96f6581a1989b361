"""The index of all editions: a function of the briefs that lie in the folder, and nothing else."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.erasure import MARK, Target, erased_file
from core.home import Home
from reports.entries import HEADER, Entry, read, written
from reports.index import write_index
from reports.index_search import script, sentences
from tests.e2e.test_brief_browser import DESK, PHONE, QUIET, overflow

CLONE = "The studio used a voice clone of “Zoë Saldaña” in nine scenes."
FIRST = [
    Entry(HEADER, "edition", "publication", "p000001"),
    Entry(HEADER, "edition", "gate", "passed, 1 warning"),
    Entry(HEADER, "edition", "articles", 431),
    Entry(HEADER, "edition", "stories", 212),
    Entry(HEADER, "edition", "moved", "too early to say"),
    Entry("stories", "A voice clone", "articles", 5, outlet="Gazette", url="https://g.example/1"),
    Entry("stories", "A voice clone", quotation=CLONE, outlet="Gazette", url="https://g.example/1"),
    Entry("together", "<b>Voice</b> & clones", quotation="", outlet="X", url="javascript:alert(1)"),
    Entry("moved", "Likeness rights", "stories", 3, 0, 2),
]  # fmt: skip
SECOND = [
    Entry(HEADER, "edition", "publication", "p000002"),
    Entry(HEADER, "edition", "articles", 12),
    *[
        Entry("stories", f"Story {one}", quotation=f"A union voted on clone {one}.")
        for one in range(60)
    ],
]
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def lay(home: Home, day: date, entries: list[Entry] | None) -> Path:
    """A brief of this day, with its table if there are entries; its folder."""
    folder = home.report(day)
    folder.mkdir(parents=True)
    (folder / "brief.html").write_text("<title>A brief</title>")
    if entries is not None:
        (folder / "brief.csv").write_bytes(written(entries))
    return folder


@pytest.fixture
def briefs(home: Home) -> Home:
    """Three briefs, one of them from before there were tables, and their index."""
    lay(home, date(2025, 12, 31), None)
    lay(home, date(2026, 1, 1), FIRST)
    lay(home, date(2026, 10, 16), SECOND)
    write_index(home)
    return home


def state(home: Home) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(home.reports)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in home.reports.rglob("*")
        if path.is_file()
    }


def table(home: Home) -> dict[str, list[list[str]]]:
    """The rows of the page by year."""
    page = lxml.html.fromstring((home.reports / "index.html").read_bytes())
    return {
        part.find(".//h2").text_content(): [
            [cell.text_content() for cell in row.iter("td")] for row in part.iterfind(".//tbody/tr")
        ]
        for part in page.iter("details")
    }


@given(st.lists(st.builds(Entry, ANY, ANY, ANY, ANY, st.none() | st.floats(0, 99), quotation=ANY)))
def test_a_table_of_a_brief_is_read_as_it_was_written(entries: list[Entry]) -> None:
    assert read(written(entries)) == entries


def test_every_brief_has_its_row_the_newest_first(briefs: Home) -> None:
    assert table(briefs) == {
        "2026": [
            ["Fri 16 October", "12", "·", "", "", "p000002"],
            ["Thu 1 January", "431", "212", "too early to say", "passed, 1 warning", "p000001"],
        ],
        "2025": [["Wed 31 December", "·", "·", "", "", ""]],
    }
    page = lxml.html.fromstring((briefs.reports / "index.html").read_bytes())
    links = [link for _, name, link, _ in page.iterlinks() if name == "href"]
    assert len(links) == 3
    assert [link for link in links if not (briefs.reports / link).is_file()] == []


def test_made_again_it_is_the_same_and_nothing_is_written(briefs: Home) -> None:
    before = state(briefs)
    write_index(briefs)
    assert state(briefs) == before


def test_a_removed_brief_is_in_it_no_more(briefs: Home) -> None:
    assert CLONE in (briefs.reports / "search" / "2026.js").read_text().replace('\\"', '"')
    shutil.rmtree(briefs.report(date(2026, 1, 1)))
    shutil.rmtree(briefs.report(date(2025, 12, 31)))
    write_index(briefs)
    assert {path for path in state(briefs) if "2025" in path} == set()
    assert list(table(briefs)) == ["2026"]
    assert "voice clone" not in (briefs.reports / "search" / "2026.js").read_text()


def test_a_damaged_table_costs_its_row_only(briefs: Home) -> None:
    (briefs.report(date(2026, 1, 1)) / "brief.csv").write_bytes(b"\xff,\n1,2")
    write_index(briefs)
    assert [row[1] for row in table(briefs)["2026"]] == ["12", "·"]


def test_what_was_taken_down_is_not_found_before_or_after_it_is_made_anew(briefs: Home) -> None:
    target = Target(frozenset(), frozenset(), frozenset(), frozenset({CLONE}))
    for path in [briefs.reports / "search" / "2026.js", *briefs.reports.glob("*/brief.csv")]:
        new = erased_file(path.relative_to(briefs.root), path.read_bytes(), target)
        path.write_bytes(new or path.read_bytes())
    assert "nine scenes" not in (briefs.reports / "search" / "2026.js").read_text()
    write_index(briefs)
    told = (briefs.reports / "search" / "2026.js").read_text()
    assert MARK not in told
    assert "nine scenes" not in told
    assert "A voice clone" in told


@given(st.lists(st.builds(Entry, st.just("stories"), ANY, quotation=ANY, outlet=ANY, url=ANY)))
def test_every_row_of_a_search_is_a_line_of_json(entries: list[Entry]) -> None:
    rows = list(sentences(date(2026, 1, 1), entries))
    lines = script(2026, rows).split("\n")
    assert [lines[0], *lines[-2:]] == ["broadsheet(2026, [", "]);", ""]
    assert [tuple(json.loads(line.removesuffix(","))) for line in lines[1:-2]] == rows


# In a browser ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, briefs: Home) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto((briefs.reports / "index.html").as_uri())
    yield opened
    context.close()
    assert complaints == []


def found(page: Page, query: str) -> list[str]:
    """What the page shows for a query, once it has said how many there are."""
    told = page.locator("#told")
    page.get_by_role("searchbox").fill("")
    expect(told).to_have_text("")
    page.get_by_role("searchbox").fill(query)
    expect(told).to_have_text(re.compile("sentence|No brief"))
    return page.locator("#found li > p:first-child").all_inner_texts()


def test_words_beginnings_and_phrases_are_found_whatever_their_accents(page: Page) -> None:
    for query in (
        "zoe",
        "SALDANA",
        "stud clo",
        "clone nine",
        '"nine sc"',
        "“Zoë Saldaña”",
        "zoë-s",
    ):
        assert found(page, query) == [CLONE], query


def test_what_no_brief_says_is_not_found(page: Page) -> None:
    for query in ("lone", '"scenes nine"', "431", "Likeness", "studio unions"):
        assert found(page, query) == [], query
    assert page.locator("#told").inner_text() == "No brief says that."


def test_it_asks_for_the_sentences_when_they_are_wanted_and_for_nothing_else(
    page: Page, briefs: Home
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload(wait_until="networkidle")
    index = (briefs.reports / "index.html").as_uri()
    assert asked == [index]
    found(page, "clone")
    scripts = [(briefs.reports / "search" / f"{year}.js").as_uri() for year in (2026, 2025)]
    assert asked == [index, *scripts]


def test_sixty_are_shown_in_two_steps_by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.type("union vote")
    told = page.locator("output[aria-live='polite']")
    expect(told).to_have_text("60 sentences in 1 edition, the newest first.")
    assert page.locator("#found li").count() == 50
    page.get_by_role("button", name="Show more").focus()
    page.keyboard.press("Enter")
    assert page.locator("#found li").count() == 60
    assert page.locator("#more").is_hidden()
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused == "2026-10-16/brief.html#stories"
    page.keyboard.press("Enter")
    page.wait_for_url("**/2026-10-16/brief.html#stories")


def test_nothing_that_a_brief_quotes_becomes_part_of_the_page(page: Page) -> None:
    assert found(page, "voice clones") == ["<b>Voice</b> & clones"]
    assert page.locator("#found b").count() == 0
    assert page.locator("#found a[href^='javascript']").count() == 0


def test_a_year_that_cannot_be_opened_is_named(browser: Browser, briefs: Home) -> None:
    page = browser.new_page()
    page.goto((briefs.reports / "index.html").as_uri())
    (briefs.reports / "search" / "2025.js").unlink()
    page.get_by_role("searchbox").fill("zoe")
    expect(page.locator("#told")).to_have_text(
        "1 sentence in 1 edition, the newest first. The sentences of 2025 could not be opened."
    )
    page.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_it_fits(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert overflow(page) == []
    found(page, "union")
    assert overflow(page) == []


def test_without_scripts_it_is_read_and_says_how_to_search(browser: Browser, briefs: Home) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((briefs.reports / "index.html").as_uri())
    assert page.get_by_role("searchbox").count() == 0
    assert "broadsheet search" in page.locator("noscript").inner_text()
    assert page.get_by_role("row").count() >= 3
    context.close()
