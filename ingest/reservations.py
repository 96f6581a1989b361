"""What a page says of AI use and text and data mining, in meta tags and response headers."""

import re
from collections.abc import Iterable, Iterator, Mapping

from ingest.robots import AI_AGENTS

_FORBID_AI = {"noai", "noimageai"}
_AI_AGENTS = {agent.lower() for agent in AI_AGENTS}
# Directives that take a value behind a colon, where other words there are an agent's name.
_WITH_VALUE = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
_NAMED = re.compile(r"\s*([A-Za-z][\w.-]*)\s*:(.*)", re.DOTALL)


def header_lines(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name; several lines of one name are divided by line feeds.

    A line feed cannot stand in a header, so that the lines stay apart: an agent's name at the
    head of one does not govern the next.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        found[key] = f"{found[key]}\n{value}" if key in found else value
    return found


def reservations(
    named: Iterable[tuple[str, str]], headers: Mapping[str, str], agent: str = ""
) -> tuple[bool, bool]:
    """(forbids AI use, reserves text and data mining).

    `named` are the page's meta tags by lower-case name, `headers` as from `header_lines`, `agent`
    is our crawler's name. What is addressed to another agent counts where that is an AI crawler,
    as it does in robots.txt, and else does not.
    """
    ours = {"", "robots", agent.lower(), *_AI_AGENTS}
    said: list[str] = []
    for line in headers.get("x-robots-tag", "").split("\n"):
        said += (words for named, words in _addressed(line) if named in ours)
    reserved = headers.get("tdm-reservation", "").split("\n")
    for name, content in named:
        if name == "tdm-reservation":
            reserved.append(content)
        elif name in ours or name == "x-robots-tag":
            said.append(content)
    words = {word for one in said for word in re.split(r"[\s,;]+", one.lower())}
    return bool(words & _FORBID_AI), any(one.strip() == "1" for one in reserved)


def _addressed(line: str) -> Iterator[tuple[str, str]]:
    """The directives of an X-Robots-Tag line, each with the agent it is for (empty: everyone).

    An agent's name governs what follows it up to the next name.
    """
    agent = ""
    for part in line.split(","):
        named = _NAMED.match(part)
        if named and named[1].lower() not in _WITH_VALUE:
            agent = named[1].lower()
            yield agent, named[2]
        else:
            yield agent, part
