"""The brief of nights made for it, in a real browser: phone, desk, and at most two sheets."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from core.home import Home
from core.landed import STATUSES
from reports.brief import write_brief
from reports.sheets import printed_height
from tests.e2e.test_brief_browser import QUIET, overflow
from tests.reports.publication import Paper

pytestmark = pytest.mark.xdist_group("brief cases")

DAY = date(2026, 10, 16)
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
PAPER = (703, 1046)  # what of an A4 page is printed on, in CSS pixels
LONG = "Extraordinarily long-winded headlines about negotiations between conglomerates " * 4
WORDS = " ".join(["incomprehensible"] * 39 + ["words."])


def ordinary() -> Paper:
    """A day like the twenty before it; its second sentences, names and sets are there, too."""
    sets = {"outlet-000": "trade-press", "outlet-001": "nationals"}
    paper = Paper(DAY, sets=sets, themes=("labour", "data", "chips"))
    paper.past(*[6] * 20)
    names = ("Amazon", "Meta", "Microsoft")
    for number in range(6):
        paper.article(
            f"Headline number {number}", f"A union vote {number}, said Amazon to Meta.",
            f"Microsoft and Amazon met {number} times.", outlet=number % 3, names=names,
            theme=paper.themes[number % 3], genre="opinion" if number == 5 else "news",
        )  # fmt: skip
    for theme in paper.themes:
        paper.usually(theme, 1, 4)
    paper.verdict("holds", success=True)
    return paper


def silent() -> Paper:
    paper = ordinary()
    paper.trouble(1, is_silent=True, feed_status="unreachable")
    return paper


def first() -> Paper:
    paper = Paper(DAY)
    for number in range(9):
        paper.article(f"News {number}", f"A union vote {number}.", hours=12 + 30 * number)
    return paper


def quiet() -> Paper:
    paper = Paper(DAY)
    paper.past(*[6] * 20)
    paper.usually("labour", 1, 4)
    return paper


def nothing() -> Paper:
    """The first edition of a newsroom whose outlets gave nothing."""
    return Paper(DAY, outlets=1)


def new_taxonomy() -> Paper:
    paper = ordinary()
    paper.taxonomy = ("2026.11", "2026.10")
    for theme in paper.themes:
        paper.usually(theme, None, None, is_burst=None)
    return paper


def flood() -> Paper:
    """A hundred and twenty outlets print what one agency sent, seven times."""
    paper = Paper(DAY, outlets=126)
    paper.past(*[300] * 5)
    for number in range(7):
        sent = paper.article(f"Agency {number}: {LONG}", WORDS, WORDS[::-1], origin="agency")
        paper.copies(sent, 120)
    reported = paper.article("A report of two", "A union vote.", outlet=1)
    paper.article("A report of two, too", "A union vote indeed.", outlet=2, story=reported)
    return paper


def correction() -> Paper:
    paper = ordinary()
    cited = paper.article("As it was", "Nine scenes had it. Nobody knew.", days_ago=1, theme=None)
    paper.cite(cited)
    paper.correct(cited, "Two scenes had it. Nobody knew.")
    paper.print_figure("headline.articles", "7", "6")
    return paper


def low_volume() -> Paper:
    paper = ordinary()
    paper.past(*[40] * 20)
    return paper


def wide() -> Paper:
    """Wide letters without a space, outlets with long names, and every way in which a page ends."""
    paper = Paper(DAY, outlets=30, name="Die Süddeutsche Allgemeine Zeitungsgesellschaft {}")
    chinese = "工会与数据中心的谈判仍在继续而公司拒绝评论" * 12
    german = " ".join(["Donaudampfschifffahrtsgesellschaftskapitänswitwenrente"] * 38)
    names = ("Arbeitnehmervertretungsgesellschaft", "Rechenzentrumsbetreibergesellschaft")
    for number in range(30):
        paper.article(
            f"{number} {chinese}", f"{number} {chinese}", f"{german} {number}",
            f"{names[0]} und {names[1]} {number} {german}", outlet=number, names=names,
        )  # fmt: skip
    for number in range(360):
        paper.refuse(f"page-{number}", STATUSES[number % 12], outlet=number % 30)
    for number in range(9):
        paper.trouble(number, lost_items=True, feed_status="robots_disallowed", is_collected=False)
    return paper


def everything() -> Paper:
    """Five thousand articles of 200 outlets, all of it long, and all that can go wrong."""
    sets = {
        f"outlet-{number:03}": ("trade-press", "nationals")[number % 2] for number in range(200)
    }
    themes = tuple(f"a theme with quite a long name of its own, {number}" for number in range(12))
    paper = Paper(DAY, outlets=200, sets=sets, themes=themes, taxonomy=("2", "1"))
    names = tuple(f"Corporation{number}X" for number in range(10))
    for number in range(5_000):
        met = [f"{names[i]} {names[(i + 1 + number % 4) % 10]} {number} {WORDS}" for i in range(10)]
        paper.article(
            f"{number} {LONG}", f"{number} first {WORDS}", f"{number} second {WORDS}",
            *(met if number < 40 else ()), outlet=number % 200, theme=themes[number % 12],
            names=names, hours=3 + number % 30,
        )  # fmt: skip
    for number in range(8):
        paper.copies(f"{number:016x}", 120)
    paper.past(*[9] * 20)
    for theme in themes:
        paper.usually(theme, 1, 5, is_burst=True, p_value=0.001)
    for number in range(30):
        old = paper.article(f"old {number} {LONG}", WORDS, days_ago=2, theme=None, outlet=number)
        paper.cite(old)
        change = "minor" if number > 20 else "correction"
        paper.correct(old, f"{WORDS.replace('words', 'other words')} Also. {WORDS}", change)
    for number in range(100):
        paper.print_figure(f"headline.n{number % 9}", "1", str(number + 2), 1 + number // 9)
    for number in range(12):
        paper.verdict(f"expects_something_long_{number}", success=False, sentence=WORDS)
        paper.decide("override", WORDS)
    for number in range(3_000):
        paper.refuse(f"page-{number}", outlet=number % 200)
    for number in range(0, 200, 2):
        paper.trouble(number, is_silent=True, failed_looks=1, feed_status="unreachable")
    return paper


CASES: dict[str, tuple[Callable[[], Paper], list[str]]] = {
    "ordinary": (ordinary, ["Nothing moved beyond the usual.", "within the usual: 1 to 4"]),
    "silent": (silent, ["Amber. Silent: Outlet 1.", "Outlet 1 silent", "feed unreachable"]),
    "first": (first, ["Too early to say: 0 of 14 days known.", "late: first edition"]),
    "quiet": (quiet, ["No new article came in", "fewer than usual: 1 to 4", "Volume is low: 0"]),
    "nothing": (nothing, ["No new article came in", "No theme was found", "extractor none"]),
    "new taxonomy": (
        new_taxonomy,
        [
            "taxonomy 2026.11; the publication before had 2026.10",
            "were found in another way before",
        ],
    ),
    "flood": (flood, ["121 articles · 1 text · 1 reporting owner", "and 116 further outlets"]),
    "correction": (
        correction,
        ["As cited Nine scenes had it.", "Now Two scenes had it.", "headline: articles 7 → 6"],
    ),
    "low volume": (low_volume, ["Volume is low: 6 articles, under 80 % of the usual 46."]),
    "wide": (wide, ["Not reached: Die Süddeutsche Allgemeine", "robots disallowed"]),
    "everything": (everything, ["Amber.", "5960 new articles tell 5000 stories"]),
}


@dataclass(frozen=True)
class Case:
    """A brief of one of the CASES, and what its page says."""

    name: str
    brief: Path
    says: list[str]

    @property
    def words(self) -> str:
        page = self.brief.read_text(encoding="utf-8")
        page = page[page.index("<body>") :]
        return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    make, says = CASES[request.param]
    home = Home(tmp_path_factory.mktemp("case"))
    make().publish(home)
    return Case(request.param, write_brief("p100000", DAY.isoformat(), home), says)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_it_says_what_the_night_was(case: Case) -> None:
    words = re.sub(r" ([.,:;)])", r"\1", case.words)
    assert [said for said in case.says if said not in words] == []


def test_the_sections_stand_in_the_order_of_the_questions(case: Case) -> None:
    page = case.brief.read_text(encoding="utf-8")
    assert re.findall(r'<section aria-labelledby="(\w+)">', page) == [
        "summary", "stories", "moved", "who", "only", "since", "coverage",
    ]  # fmt: skip


def test_nothing_reaches_beyond_the_screen_or_asks_anybody(page: Page, case: Case) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(case.brief.as_uri())
        assert overflow(page) == []
    for annex in ("coverage", "changes", "numbers/index", "numbers/themes"):
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto((case.brief.parent / f"{annex}.html").as_uri())
        assert overflow(page) == []
    assert {urlsplit(url).scheme for url in asked} == {"file"}
    assert len(asked) == len(SIZES) + 4
    assert complaints == []


def test_it_prints_on_two_sheets_at_most(page: Page, case: Case) -> None:
    page.goto(case.brief.as_uri())
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= 2
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER[0], "height": PAPER[1]})
    assert overflow(page) == []
    needed = page.evaluate("() => document.body.getBoundingClientRect().height")
    assert needed <= printed_height(case.brief.read_text(encoding="utf-8")) <= 2 * PAPER[1]


CONTRAST = """() => {
  const channels = told => told.match(/[\\d.]+/g).map(Number);
  const light = told => { const [r, g, b] = channels(told).slice(0, 3).map(c => c / 255)
      .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const ground = one => { for (; one; one = one.parentElement) {
      const told = getComputedStyle(one).backgroundColor;
      if ((channels(told)[3] ?? 1) > 0) return told; }
    return 'rgb(255, 255, 255)'; };
  const faint = [];
  for (const one of document.querySelectorAll('body *')) {
    const drawn = one.ownerSVGElement !== null && one.ownerSVGElement !== undefined;
    const says = [...one.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!says || one.tagName === 'STYLE') continue;
    const style = getComputedStyle(one);
    const ink = drawn ? style.fill : style.color;
    const pair = [light(ink), light(ground(one))].sort((a, b) => b - a);
    const ratio = (pair[0] + .05) / (pair[1] + .05);
    if (ratio < 4.5) faint.push(`${one.tagName} ${ink} on ${ground(one)}: ${ratio.toFixed(2)}`);
  }
  return [...new Set(faint)]; }"""


def test_it_can_be_read_by_everyone(page: Page, case: Case) -> None:
    page.goto(case.brief.as_uri())
    assert page.evaluate(CONTRAST) == []
    levels = page.evaluate(
        "() => [...document.querySelectorAll('h1,h2,h3,h4')].map(one => +one.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for landmark in ("header", "main", "footer"):
        assert page.locator(f"body > {landmark}").count() == 1
    assert page.locator("th:not([scope])").count() == 0
    assert page.locator("figure:not([role=img][aria-label]), img:not([alt])").count() == 0
    names = page.locator("a").evaluate_all("all => all.map(one => one.textContent.trim())")
    assert all(names)
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))


def test_the_keyboard_reaches_all_and_shows_where_it_is(page: Page, case: Case) -> None:
    page.goto(case.brief.as_uri())
    wanted = page.locator("a[href], summary, [tabindex='0']").filter(visible=True).count()
    reached = set()
    for _ in range(wanted + 2):
        page.keyboard.press("Tab")
        place = page.evaluate(
            "() => { const one = document.activeElement; const style = getComputedStyle(one);"
            " return [[...document.querySelectorAll('*')].indexOf(one),"
            " style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, one.tagName]; }"
        )
        if place[2] != "BODY":
            assert place[1], place
            reached.add(place[0])
    assert len(reached) >= wanted - 1  # the last step leaves the page
