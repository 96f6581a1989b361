"""What a page says of itself in JSON-LD: the first article object among all its scripts."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lxml.html import HtmlElement

_MOST_NODES = 5_000
_MOST_CHARACTERS = 1_000_000
_MOST_VALUES = 50


def article_of(tree: HtmlElement) -> dict[str, Any]:
    """The first JSON-LD object that describes an article, else any with a publication date.

    Empty where there is none; broken scripts are passed over.
    """
    fallback: dict[str, Any] = {}
    for script in tree.iterfind('.//script[@type="application/ld+json"]'):
        text = (script.text or "").strip()
        if not text or len(text) > _MOST_CHARACTERS:
            continue
        try:
            document = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _objects(document):
            if any(_is_article(kind) for kind in kinds(node)):
                return node
            if "datePublished" in node and not fallback:
                fallback = node
    return fallback


def kinds(node: Mapping[str, Any]) -> list[str]:
    """The schema.org types of an object, without their prefix."""
    given = node.get("@type")
    listed = given if isinstance(given, list) else [given]
    return [str(kind).rpartition("/")[2] for kind in listed if kind]


def text_of(node: Mapping[str, Any], key: str) -> str:
    """A plain value as text; empty for anything else."""
    value = node.get(key)
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return str(value).strip() if isinstance(value, str | int | float | bool) else ""


def texts_of(node: Mapping[str, Any], key: str) -> list[str]:
    """All plain values as texts, of objects their names; empty for anything else."""
    value = node.get(key)
    listed = value if isinstance(value, list) else [value]
    names = [one.get("name") if isinstance(one, dict) else one for one in listed[:_MOST_VALUES]]
    return [name.strip() for name in names if isinstance(name, str) and name.strip()]


def _is_article(kind: str) -> bool:
    return kind.endswith("Article") or kind in {
        "BlogPosting",
        "LiveBlogPosting",
        "Report",
        "Review",
        "ReviewNewsArticle",
    }


def _objects(document: object) -> Iterator[dict[str, Any]]:
    """All objects in document order, breadth kept in bounds."""
    queue, seen = [document], 0
    while queue and seen < _MOST_NODES:
        node = queue.pop()
        seen += 1
        if isinstance(node, dict):
            yield node
            queue.extend(
                value for value in reversed(node.values()) if isinstance(value, dict | list)
            )
        elif isinstance(node, list):
            queue.extend(reversed(node))
