"""The brief in a real browser: it fits phone, desk and paper, and asks nobody for anything."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from duckdb import DuckDBPyConnection
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.conftest import Line

pytestmark = pytest.mark.xdist_group("line")

PHONE, DESK = (360, 740), (1280, 900)
A4_AT_96_DPI = (794, 1123)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, line: Line) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    yield opened
    context.close()


def overflow(page: Page) -> list[str]:
    """What reaches beyond the right edge of the page: tag, class and pixels of each element."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
          [...document.body.querySelectorAll('*')]
            .filter(one => one.getBoundingClientRect().right > window.innerWidth + 1)
            .map(one => `${one.tagName}.${one.getAttribute('class')} `
              + Math.round(one.getBoundingClientRect().right))"""
    )
    return found


def explanation(line: Line) -> Path:
    """The longest of the explanations beside the brief."""
    pages = (line.brief.parent / "explain").glob("*.html")
    return max(pages, key=lambda page: (page.stat().st_size, page.name))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_an_explanation_fits_and_asks_nobody(page: Page, line: Line, size: tuple[int, int]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(line.brief.as_uri())
    page.locator("a[href^='explain/']").first.click()
    page.goto(explanation(line).as_uri(), wait_until="networkidle")
    assert overflow(page) == []
    assert {urlsplit(url).scheme for url in asked} == {"file"}
    assert page.locator("script").count() == 0


def test_every_mark_of_an_explanation_can_be_reached_by_keyboard(page: Page, line: Line) -> None:
    page.goto(explanation(line).as_uri())
    marks = page.locator("mark[id]").evaluate_all("all => all.map(one => one.id)")
    assert marks
    for mark in marks:
        assert page.locator(f"a[href='#{mark}']").count() >= 1
    targets: list[str] = page.locator("a[href^='#']").evaluate_all(
        "all => all.map(one => one.getAttribute('href').slice(1))"
    )
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))
    assert set(targets) <= set(ids)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.tagName") == "A"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_reaches_beyond_the_screen(
    page: Page, line: Line, size: tuple[int, int], scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(line.brief.as_uri())
    assert overflow(page) == []


def test_nothing_reaches_beyond_the_paper(page: Page, line: Line) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4_AT_96_DPI[0], "height": A4_AT_96_DPI[1]})
    page.goto(line.brief.as_uri())
    assert overflow(page) == []
    assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4"))) <= 2


def test_it_asks_nobody_and_runs_nothing(page: Page, line: Line) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(line.brief.as_uri(), wait_until="networkidle")
    assert [url for url in asked if urlsplit(url).scheme != "data"] == [line.brief.as_uri()]
    assert complaints == []
    assert page.locator("script").count() == 0
    handlers = page.evaluate(
        "() => [...document.querySelectorAll('*')].flatMap(one =>"
        " one.getAttributeNames().filter(name => name.startsWith('on')))"
    )
    assert handlers == []


def test_every_link_leads_to_the_web_a_page_beside_it_or_into_it(page: Page, line: Line) -> None:
    page.goto(line.brief.as_uri())
    links: list[str] = page.eval_on_selector_all(
        "a", "all => all.map(one => one.getAttribute('href'))"
    )
    away = [link for link in links if urlsplit(link).scheme]
    assert away
    assert {urlsplit(link).scheme for link in away} <= {"http", "https"}
    beside = [link.partition("#")[0] for link in links if link not in away]
    assert {link.partition("/")[0] for link in beside} == {
        "", "..", "brief.csv", "brief.eml", "brief.txt", "changes.html", "coverage.html", "explain",
        "numbers",
    } - ({"changes.html"} - set(beside))  # fmt: skip
    assert [link for link in beside if not (line.brief.parent / link).exists()] == []
    missing = [
        link for link in links
        if link.startswith("#") and page.locator(f"[id='{link.removeprefix('#')}']").count() != 1
    ]  # fmt: skip
    assert missing == []


def test_every_quoted_sentence_stands_in_the_publication(
    page: Page, line: Line, published: DuckDBPyConnection
) -> None:
    page.goto(line.brief.as_uri())
    quoted: list[str] = page.eval_on_selector_all(
        "blockquote, q",
        "all => all.map(one => [...one.childNodes].filter(node => node.nodeName !== 'CITE')"
        ".map(node => node.textContent).join(''))",
    )
    rows = published.sql("select text from marts.article_sentence").fetchall()
    sentences = [" ".join(text.split()) for (text,) in rows]
    told = [" ".join(one.split()) for one in quoted]
    assert len(told) >= 15
    for one in told:
        assert len(one.removesuffix(" …").split()) <= 40
        beginning = one.removesuffix(" …")
        assert one in sentences or any(text.startswith(beginning) for text in sentences), one
