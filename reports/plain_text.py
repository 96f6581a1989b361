"""`brief.txt`: the brief as plain text that a phone shows and a screen reader reads well.

Paragraphs of at most 78 columns, an empty line between them, no tables and no drawn lines.
Headlines, quotations and addresses begin a line of their own, so that each can be taken out
(`core.erasure`).
"""

from collections.abc import Iterable, Iterator
from textwrap import fill

from reports.outline import Item, Outline, Section

COLUMNS = 78


def plain_text(outline: Outline) -> str:
    """The whole text, with a newline at its end."""
    paragraphs = [
        _filled([outline.title, *outline.lines]),
        _filled(outline.amber),
        *(
            paragraph
            for number, section in enumerate(outline.sections, start=1)
            for paragraph in _section(number, section)
        ),
        _filled(outline.closing),
    ]
    return "\n\n".join(one for one in paragraphs if one) + "\n"


def _section(number: int, section: Section) -> Iterator[str]:
    yield "\n" + _wrapped(f"{number}. {section.title}")
    yield from map(_wrapped, section.lines)
    yield from map(_item, section.items)


def _item(item: Item) -> str:
    spoken = (line.replace(" · ", ", ") for line in item.lines)  # a dot would be read as a word
    told = [_filled([item.head, *spoken])]
    for quote in item.quotes:
        told += [_wrapped(f"“{quote.text}”"), _wrapped(f"({quote.by})"), quote.url]
    return "\n".join(one for one in (*told, item.url) if one)


def _filled(lines: Iterable[str]) -> str:
    return "\n".join(map(_wrapped, lines))


def _wrapped(line: str) -> str:
    return fill(line, COLUMNS, break_on_hyphens=False)
