"""The code that a page of the documentation tells people to paste."""

import re
from pathlib import Path
from typing import NamedTuple

_BLOCK = re.compile(
    r"^## (?P<heading>.+?)$|^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)


class Block(NamedTuple):
    """A fenced block of a page: the heading above it, its language, its code."""

    heading: str
    language: str
    code: str


def blocks(page: Path) -> list[Block]:
    """The blocks of a Markdown page that name their language, in order."""
    found, heading = [], ""
    for match in _BLOCK.finditer(page.read_text("utf-8")):
        if match["heading"]:
            heading = match["heading"].replace("`", "")
        else:
            found.append(Block(heading, match["language"], match["code"]))
    return found
