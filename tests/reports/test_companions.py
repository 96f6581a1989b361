"""The mail, the text and the table of a brief: the facts of the page, fit for what opens them."""

import re
from base64 import b64encode
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath

import duckdb
import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, sync_playwright

from core.erasure import Target, erased_file
from core.spreadsheets import csv_rows
from reports.brief import write_brief
from reports.entries import SECTIONS, Entry, read
from reports.mail import page as mail_page
from reports.outline import Item, Outline, Quote, Section, cut, plain
from reports.plain_text import COLUMNS, plain_text
from tests.e2e.test_brief_browser import DESK, PHONE, QUIET, overflow
from tests.reports.conftest import CORRECTED, VOICE, Briefs

COMPANIONS = ("brief.eml", "brief.txt", "brief.csv")
BOTH = pytest.mark.parametrize("which", ["first", "second"])


def folder(briefs: Briefs, which: str) -> Path:
    path: Path = getattr(briefs, which)
    return path.parent


def mail(at: Path) -> EmailMessage:
    found = message_from_bytes((at / "brief.eml").read_bytes(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def html(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert isinstance(body, EmailMessage)
    told: str = body.get_content()
    return told


def table(at: Path) -> list[Entry]:
    return read((at / "brief.csv").read_bytes())


def one_line(text: str) -> str:
    return " ".join(text.split())


# All of them ----------------------------------------------------------------------------------


@BOTH
def test_the_sections_of_the_page_are_those_of_its_companions(briefs: Briefs, which: str) -> None:
    at = folder(briefs, which)
    page = lxml.html.fromstring((at / "brief.html").read_bytes())
    headings = {h2.get("id"): one_line(h2.text_content()) for h2 in page.iterfind(".//main//h2")}
    assert headings == SECTIONS
    titles = list(SECTIONS.values())
    of_mail = [h2.text_content() for h2 in lxml.html.fromstring(html(mail(at))).iter("h2")]
    of_text = re.findall(r"(?m)^\d\. (.*)$", (at / "brief.txt").read_text())
    assert of_mail == of_text == [one for one in titles if one in of_text]
    assert {one.section for one in table(at)} <= {"header", *SECTIONS}


@BOTH
def test_every_headline_and_quotation_stands_in_all_of_them(briefs: Briefs, which: str) -> None:
    at = folder(briefs, which)
    page = one_line(lxml.html.fromstring((at / "brief.html").read_bytes()).text_content())
    mailed = one_line(lxml.html.fromstring(html(mail(at))).text_content())
    text = one_line((at / "brief.txt").read_text())
    of_outlets = [one for one in table(at) if one.quotation or one.section in ("stories", "only")]
    assert of_outlets
    for one in of_outlets:
        for said in filter(None, (one.quotation, one.label)):
            if one.section == "who" and said == one.label:
                continue  # the page says "one with another"
            assert said in page
            assert said in mailed
            assert said in text


def test_made_again_they_are_the_same_to_the_byte(briefs: Briefs) -> None:
    at = folder(briefs, "second")
    before = {name: (at / name).read_bytes() for name in COMPANIONS}
    publication = mail(at)["Message-ID"].split(".")[1].partition("@")[0]
    write_brief(publication, at.name, briefs.home)
    assert {name: (at / name).read_bytes() for name in COMPANIONS} == before


def test_the_index_lists_the_editions_of_the_publications(briefs: Briefs) -> None:
    page = lxml.html.fromstring((briefs.home.reports / "index.html").read_bytes())
    rows = page.iterfind(".//tbody/tr")
    told = [[cell.text_content() for cell in row.iter("td")] for row in rows]
    assert [(row[0], row[-1]) for row in told] == [
        ("Fri 16 October", "p000002"),
        ("Thu 15 October", "p000001"),
    ]
    assert [row[1] for row in told] == ["1", "3"]
    script = (briefs.home.reports / "search" / "2026.js").read_text()
    assert "Amazon used a voice clone in nine scenes of the film." in script


def told(path: Path, content: bytes) -> str:
    """What a file says, the texts of a mail as they are read."""
    if path.suffix != ".eml":
        return content.decode()
    parts = message_from_bytes(content, policy=policy.default).walk()
    return "\n".join(one.get_content() for one in parts if one.get_content_maintype() == "text")


def test_an_article_taken_down_leaves_every_file(briefs: Briefs) -> None:
    texts = {one.title for one in (VOICE, CORRECTED)}
    texts |= {sentence for one in (VOICE, CORRECTED) for sentence in one.body}
    target = Target(frozenset(), frozenset(), frozenset(), frozenset(texts))
    root = briefs.home.reports
    files = [
        path for kind in ("html", "csv", "eml", "txt", "js") for path in root.rglob(f"*.{kind}")
        if path.parent.name != "explain"
    ]  # fmt: skip
    spoke = set()
    for path in files:
        content = path.read_bytes()
        new = erased_file(PurePosixPath(path.relative_to(briefs.home.root)), content, target)
        if target.speaks(told(path, content)):
            spoke.add(path.name)
            assert new is not None, path
        assert not target.speaks(told(path, new or content)), path
    assert spoke >= {"brief.html", *COMPANIONS, "2026.js", "stories.csv", "corrections.html"}


# The mail -------------------------------------------------------------------------------------


@BOTH
def test_a_mail_is_a_draft_with_a_text_and_a_page_and_its_picture(
    briefs: Briefs, which: str
) -> None:
    at = folder(briefs, which)
    message = mail(at)
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    assert message["X-Unsent"] == "1"
    assert message["To"] is None
    assert parsedate_to_datetime(message["Date"]).tzinfo is not None
    articles = next(one.value for one in table(at) if one.measure == "articles")
    assert re.match(rf"Broadsheet {at.name}: {articles} new articles? ", message["Subject"])
    text = message.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == (at / "brief.txt").read_text()
    raw = (at / "brief.eml").read_bytes()
    assert len(raw) < 500_000
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@BOTH
def test_a_mail_fetches_nothing_and_links_only_to_the_web(briefs: Briefs, which: str) -> None:
    message = mail(folder(briefs, which))
    page = lxml.html.fromstring(html(message))
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    sources = [one.get("src") for one in page.iter("img")]
    assert sources == [f"cid:{picture['Content-ID'].strip('<>')}"]
    assert page.find(".//img").get("alt")
    assert {one.tag for one in page.iter("script", "link", "svg", "iframe", "object")} == set()
    links = [link for _, name, link, _ in page.iterlinks() if name != "src"]
    assert links
    assert [link for link in links if not link.startswith(("https://", "http://"))] == []
    styles = "".join(page.xpath("//@style")) + page.findtext(".//style")
    assert not re.search(r"url\(|grid|flex|@import", styles)
    assert picture.get_content().startswith(b"\x89PNG")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield opened
        opened.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_mail_fits_and_asks_nobody(
    browser: Browser, briefs: Briefs, size: tuple[int, int]
) -> None:
    message = mail(folder(briefs, "second"))
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    shown = f"data:image/png;base64,{b64encode(picture.get_content()).decode()}"
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html(message).replace(f"cid:{picture['Content-ID'].strip('<>')}", shown))
    assert overflow(page) == []
    assert page.locator("img").evaluate("one => one.complete && one.naturalWidth > 600")
    assert [url for url in asked if not url.startswith("data:")] == []
    page.close()


# The text -------------------------------------------------------------------------------------

WORDS = st.lists(st.text("ab<&>'“é中", min_size=1, max_size=30), min_size=1, max_size=9).map(
    " ".join
)
URLS = st.sampled_from(["", "https://a.example/?a=1&b=2", f"https://a.example/{'long' * 30}"])
QUOTES = st.lists(st.builds(Quote, WORDS, WORDS, URLS), max_size=2).map(tuple)
ITEMS = st.builds(Item, WORDS, URLS, st.tuples(WORDS), QUOTES)
SECTIONS_OF_ONE = st.builds(Section, st.just("who"), WORDS, st.tuples(WORDS), st.tuples(ITEMS))
OUTLINES = st.builds(
    Outline, WORDS, st.tuples(WORDS), st.tuples(WORDS), st.tuples(SECTIONS_OF_ONE), st.tuples(WORDS)
)


def said(outline: Outline) -> Iterator[str]:
    yield from (outline.title, *outline.lines, *outline.amber)
    for section in outline.sections:
        yield from (section.title, *section.lines)
        for item in section.items:
            yield from (item.head, *item.lines)
            yield from (text for quote in item.quotes for text in (quote.text, quote.by))
    yield from outline.closing


@settings(max_examples=50, deadline=None)
@given(OUTLINES)
def test_a_text_has_every_word_in_its_columns(outline: Outline) -> None:
    told = plain_text(outline)
    lines = told.split("\n")
    assert [one for one in lines if len(one) > COLUMNS and not one.startswith("https://")] == []
    unwrapped = "".join(told.split())
    assert [text for text in said(outline) if "".join(text.split()) not in unwrapped] == []
    assert "\n\n\n\n" not in told


@settings(max_examples=50, deadline=None)
@given(OUTLINES)
def test_a_mail_shows_every_word_as_it_is(outline: Outline) -> None:
    page = lxml.html.fromstring(mail_page(outline, None))
    shown = one_line(page.find("body").text_content())
    for text in said(outline):
        assert one_line(text) in shown


@BOTH
def test_a_text_says_what_moved_and_what_was_corrected(briefs: Briefs, which: str) -> None:
    text = (folder(briefs, which) / "brief.txt").read_text()
    assert "Too early to say" in text
    corrected = "Changed since it was cited or printed"
    assert (corrected in text) == (which == "second")
    if which == "second":
        assert "Not reached: The Ledger" in text
        assert "Not reached: The Ledger" in html(mail(folder(briefs, which)))
        since = one_line(text.partition(corrected)[2])
        assert "Studio used a voice clone of Jane Doe" in since
        assert "corrected as of" in since
        assert "gone as of" in since
        assert "“Amazon used a voice clone in nine scenes of the film.”" in since


@given(st.text())
def test_a_quotation_has_at_most_forty_words_on_one_line(text: str) -> None:
    assert len(cut(text).removesuffix(" …").split()) <= 40
    assert plain(cut(text)) == cut(text)


# The table ------------------------------------------------------------------------------------


@BOTH
def test_a_table_opens_where_analysts_open_it(briefs: Briefs, which: str) -> None:
    path = folder(briefs, which) / "brief.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfsection,label,measure,value,")
    found = duckdb.sql(f"select * from read_csv('{path}', all_varchar = true)").fetchall()
    rows = csv_rows(path.read_bytes())
    assert [tuple(cell or "" for cell in row) for row in found] == [
        tuple(row.values()) for row in rows
    ]


@BOTH
def test_its_quotations_are_short_and_its_queries_lie_beside_it(briefs: Briefs, which: str) -> None:
    at = folder(briefs, which)
    for one in table(at):
        assert len(one.quotation.removesuffix(" …").split()) <= 40
        assert bool(one.quotation) <= bool(one.outlet and one.url)
        assert not one.query or (at / one.query).is_file()
        if one.quotation:
            rows = csv_rows((at / one.query).with_suffix(".csv").read_bytes())
            assert one.quotation in {plain(cell) for row in rows for cell in row.values()}
    numbers = {one.measure: one.value for one in table(at) if one.section == "header"}
    assert (numbers["gate"], numbers["edition"]) == ("passed", at.name)


def test_a_corrected_article_is_a_row(briefs: Briefs) -> None:
    changed = {
        (one.label, one.measure, one.value)
        for one in table(folder(briefs, "second"))
        if one.section == "since" and one.url
    }
    assert changed == {
        ("Studio used a voice clone of an actor", "correction since cited on", "2026-10-15"),
        ("A union vote", "removed since cited on", "2026-10-15"),
        ("A strike", "minor since cited on", "2026-10-15"),
    }
