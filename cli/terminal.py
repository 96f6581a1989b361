"""Text of strangers for a terminal: whatever a page or a feed says is shown, never acted upon."""

import json
import re
from typing import Any

from rich.text import Text

# What a terminal would act upon (C0, C1, line ends, marks of direction) or no encoder takes.
_UNSHOWN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def line(*parts: str | tuple[str, str]) -> Text:
    """A line of strings or (string, style); markup in them is shown as plain text."""
    pairs = ((part, "") if isinstance(part, str) else part for part in parts)
    return Text.assemble(*((_UNSHOWN.sub("", words), style) for words, style in pairs))


def json_line(row: dict[str, Any]) -> str:
    """One line of JSON, readable; what a terminal would act upon is escaped."""
    text = json.dumps(row, ensure_ascii=False, default=str)
    return _UNSHOWN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
