"""The subject of the configuration for articles of other years, which hardly ever speak of it.

Every third article gets a paragraph of the sample newsroom, as an outlet would that follows the
subject, and a time of day; so that themes, names and questions about them have something to find.
"""

from collections.abc import Iterable, Iterator
from itertools import cycle

import lxml.html

from core.config import PROJECT_ROOT

SITE = PROJECT_ROOT / "samples" / "site"
SETS = ("nationals", "trade-press", "labour-press", "technology-press")
_FEWEST_LETTERS = 120  # bylines, dates and captions are shorter


def passages() -> list[str]:
    """The paragraphs of the sample newsroom's articles, in the order of their files."""
    contents = (path.read_bytes() for path in sorted(SITE.rglob("*.html")))
    return [
        text
        for content in contents
        if content.strip()  # one page of the sample is empty on purpose
        for one in lxml.html.fromstring(content).iter("p")
        if len(text := " ".join(one.text_content().split())) >= _FEWEST_LETTERS
    ]


def with_subject(rows: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The articles, every third with a passage at its end and all with a time of day."""
    found = cycle(passages())
    for number, row in enumerate(rows):
        text = f"{row['text']}\n{next(found)}" if number % 3 == 0 else row["text"]
        moment = f"{row['published_at']}T{number % 24:02d}:{number % 60:02d}:00Z"
        yield {**row, "text": text, "published_at": moment}
