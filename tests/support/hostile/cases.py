"""The table of cases: a name, what must become of its URL, and how its host answers.

A case `redirect_loop` lives on the host `redirect-loop.test`. Paths that are not the case's own
hold an ordinary story, and its robots.txt is absent unless the case brings one.
"""

import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from tests.support.hostile.server import Line

type Answer = Callable[[Line, int], Awaitable[None]]
type Kind = Literal["page", "feed", "sitemap"]
type Pace = Literal["usual", "slow", "heavy"]
_MODULES = (
    "redirects", "framing", "statuses", "bodies", "markup", "robots", "listings", "places",
)  # fmt: skip
WORDS = (
    "The harbour board met on Tuesday to hear how the new sluice would be paid for, and after "
    "two hours of questions it asked the engineers for another plan before any money is spent. "
)
CASES: dict[str, "Case"] = {}


@dataclass(frozen=True)
class Case:
    """One way to misbehave and its end.

    A page ends with the disposition `status` and a reason that holds `reason`; the feed or
    sitemap of a source ends with the feed status `status` and, where `found` is given, that many
    pages. `text` must be in the landed title or text of the page. A slow case plays for time
    and needs a short deadline to end; a heavy one is honest work that takes a parser seconds.
    """

    name: str
    kind: Kind
    status: str
    reason: str = ""
    answer: Answer | None = None
    robots: Answer | None = None
    url: str = ""
    text: str = ""
    found: int | None = None
    pace: Pace = "usual"

    @property
    def host(self) -> str:
        return f"{self.name.replace('_', '-')}.test"

    @property
    def path(self) -> str:
        return f"/{self.kind}"

    @property
    def address(self) -> str:
        return self.url or f"https://{self.host}{self.path}"


def add(case: Case) -> Case:
    assert case.name not in CASES, case.name
    CASES[case.name] = case
    return case


def page(
    status: str, reason: str = "", *, text: str = "", pace: Pace = "usual"
) -> Callable[[Answer], Answer]:
    """Make the function below the answer of a page's case of the same name."""

    def take(answer: Answer) -> Answer:
        name = answer.__name__
        add(Case(name, "page", status, reason, answer, text=text, pace=pace))
        return answer

    return take


def listing(
    kind: Kind, status: str, *, found: int | None = None, pace: Pace = "usual"
) -> Callable[[Answer], Answer]:
    """Make the function below the answer of a feed's or sitemap's case of the same name."""

    def take(answer: Answer) -> Answer:
        name = answer.__name__
        add(Case(name, kind, status, "", answer, found=found, pace=pace))
        return answer

    return take


def robots(status: str, reason: str = "", *, pace: Pace = "usual") -> Callable[[Answer], Answer]:
    """Make the function below the robots.txt of a case whose page is an ordinary story."""

    def take(answer: Answer) -> Answer:
        add(Case(answer.__name__, "page", status, reason, robots=answer, pace=pace))
        return answer

    return take


def fixed(
    body: bytes | str = b"", *headers: str, status: str = "200 OK", kind: str = "text/html"
) -> Answer:
    """An answer that is always the same."""

    async def answer(line: Line, _times: int) -> None:
        await line.answer(body, *headers, status=status, kind=kind)

    return answer


def story(name: str, head: str = "", body: str = "") -> str:
    """An ordinary article; no two names give the same text."""
    return (
        f"<!doctype html><html lang='en'><head><title>Story of {name}</title>{head}</head><body>"
        f"<article><h1>Story of {name}</h1><p>{WORDS}</p><p>{name} was named twice.</p>"
        f"<p>{WORDS}</p>{body}</article></body></html>"
    )


@cache
def cases() -> dict[str, Case]:
    """Every case by name."""
    for module in _MODULES:
        importlib.import_module(f"tests.support.hostile.{module}")
    return CASES


@cache
def _by_host() -> dict[str, Case]:
    return {case.host: case for case in cases().values()}


async def respond(line: Line, times: int) -> None:
    """Answer as the host's case wants; `times` counts the requests for this very path."""
    from tests.support.hostile import crowd  # which imports this module

    ask = line.ask
    if ask.path.startswith("/of/"):  # a sitemap made to order
        await line.answer(_sitemap_of(ask.path), kind="application/xml")
        return
    case = _by_host().get(ask.host)
    if ask.path == "/robots.txt" and not (case and case.robots):
        await line.answer("no rules", status="404 Not Found")
    elif case and case.robots and ask.path.startswith("/robots"):
        await case.robots(line, times)
    elif case and case.answer and ask.path.startswith(case.path):
        await case.answer(line, times)
    elif ask.host in {crowd.SLOW, crowd.HEALTHY}:
        await crowd.respond(line)
    else:
        await line.answer(story(f"{ask.host}{ask.path}"))


def _sitemap_of(path: str) -> str:
    """`/of/a,b` lists the pages of the cases (or URLs) a and b; `/of/3` three of the host's own."""
    wanted = path.removeprefix("/of/")
    if wanted.isdigit():
        urls = [f"/page/{number}" for number in range(int(wanted))]
    else:
        urls = [one if "://" in one else cases()[one].address for one in wanted.split(",")]
    locations = "".join(f"<url><loc>{url.replace('&', '&amp;')}</loc></url>" for url in urls)
    return f"<urlset>{locations}</urlset>"
