"""The well-formed feeds of the corpus say in their first comment what they hold; so do we.

An expectation is a Python expression over feedparser's result; of it the comparisons with an
entry's title, link and dates are taken. Ours differ on purpose in two ways, which the comparison
undoes: a title is plain text where feedparser keeps markup, and a URL is spelled by WHATWG.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import feedparser

from ingest import urls
from ingest.feeds import Item, Listing, parse_feed

SERVED = "http://127.0.0.1:8097/tests/"
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
FIELD = re.compile(
    r"entries\[(\d+)\]\['(title|link|(?:published|created|updated)(?:_parsed)?"
    r"|title_detail'\]\['value)'\]"
)
LEAST = 180  # comparisons that the corpus is known to hold, so that none is lost unseen
HONEST_DISAGREEMENTS = {
    "sanitize/entry_title_crazy.xml title": "a whole page with broken script as a title: the "
    "reference keeps half of the code and escaped tags, ours is what is left without both",
}


@dataclass(frozen=True)
class Expectation:
    """What entry `entry` of a feed must hold in `field`."""

    path: Path
    entry: int
    field: str
    value: Any


def expectations(path: Path, text: str) -> Iterator[Expectation]:
    """The comparisons of a feed's expectation that concern title, link and dates."""
    comment = COMMENT.search(text)
    expected = re.search(r"Expect:\s*(.*)", comment[1] if comment else "", re.DOTALL)
    if not expected:
        return
    tree = ast.parse(" ".join(expected[1].split("\n")).strip(), mode="eval")
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare) or not all(isinstance(op, ast.Eq) for op in node.ops):
            continue
        *sides, value = node.left, *node.comparators
        for side in sides:
            if match := FIELD.fullmatch(ast.unparse(side)):
                constant = eval(compile(ast.Expression(value), "", "eval"), {"__builtins__": {}})
                yield Expectation(path, int(match[1]), match[2].partition("_detail")[0], constant)


def listed(path: Path, text: str) -> Listing:
    """The feed as parsed with the address and the headers that its comment asks for."""
    comment = COMMENT.search(text)
    headers = dict(
        re.findall(r"(?m)^\s*Header:\s*([\w-]+):\s*(.*)$", comment[1] if comment else "")
    )
    url = urls.parse(headers.get("Content-Location", ""), SERVED + path.name).href
    return parse_feed(path.read_bytes(), url, headers.get("Content-type", ""), "UTC")


def squeezed(text: str) -> str:
    return " ".join(text.split())


def text_of(markup: str) -> str:
    """The text of HTML without its code."""
    pieces: list[str] = []

    class Reader(HTMLParser):
        hidden = 0

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.hidden += tag in {"script", "style"}

        def handle_endtag(self, tag: str) -> None:
            self.hidden -= tag in {"script", "style"}

        def handle_data(self, data: str) -> None:
            if not self.hidden:
                pieces.append(data)

    reader = Reader()
    reader.feed(markup)
    reader.close()
    return squeezed("".join(pieces))


def agrees(expected: Expectation, item: Item) -> bool:
    value = expected.value
    if expected.field == "link":
        return item.url == urls.parse(value).href
    if expected.field == "title":
        reference = feedparser.parse(str(expected.path)).entries[expected.entry]
        is_markup = "html" in reference.title_detail.type
        return item.title == (text_of(value) if is_markup else squeezed(value))
    if isinstance(value, tuple):
        moment = datetime(*value[:6])
    else:
        read = datetime.fromisoformat if value[0].isdigit() else parsedate_to_datetime
        moment = read(value).astimezone(UTC).replace(tzinfo=None)
    ours = item.updated if expected.field.startswith("updated") else item.published
    return ours is not None and ours.value == moment


def test_link_title_and_date_agree_with_the_expectation(corpus: Path) -> None:
    compared, differing = 0, []
    for path in sorted((corpus / "feeds" / "wellformed").rglob("*.xml")):
        text = feedparser.encodings.convert_to_utf8({}, path.read_bytes(), {})
        text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        wanted = list(expectations(path, text))
        listing = listed(path, text) if wanted else Listing([])
        for one in wanted:
            compared += 1
            if not agrees(one, listing.items[one.entry]):
                name = f"{path.parent.name}/{path.name} {one.field}"
                differing.append((name, one.value, listing.items[one.entry]))
    print(f"{compared} compared, {len(differing)} differ: {differing}")
    assert compared >= LEAST
    assert {name for name, *_ in differing} == set(HONEST_DISAGREEMENTS)
    assert len(differing) <= 0.01 * compared
