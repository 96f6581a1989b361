"""Whether a text is the whole article."""

from typing import Any

import pytest
from lxml.html import fromstring

from ingest.cut_text import is_truncated

WHOLE = "The council met on Monday to hear how the hall would be paid for. " * 40
WORDS = len(WHOLE.split())
LOCKED = {"isAccessibleForFree": "False"}
PART = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": "main .paywall"}


def cut(
    text: str, linked: dict[str, Any] | None = None, page: str = "", tier: str = "free"
) -> bool:
    tree = fromstring(page) if page else None
    return is_truncated(tree, linked or {}, {"article:content_tier": tier}, text, len(text.split()))


@pytest.mark.parametrize(
    "ending",
    [
        "It went on and [...]", "Continue reading", "Subscribe to continue reading", "Read more",
        "To continue reading, subscribe now", "Already a subscriber? Sign in",
        "You’ve reached your free article limit.", "Weiterlesen mit Zeitung plus",
        "Lire la suite", "Il vous reste 80 % de cet article à lire.", "Sigue leyendo",
        "Contenuto riservato agli abbonati", "Читать далее", "残り1234文字", "The hall… more",
    ],
)  # fmt: skip
def test_an_invitation_to_read_on(ending: str) -> None:
    assert cut(f"{WHOLE}\n{ending}")


@pytest.mark.parametrize(
    "ending",
    [
        "It ends here.", "Read more: Another story", "Read more:", "And so it goes...",
        "Subscribe to our newsletter.", "See more photos:", "Explore further",
        "Follow us and read our terms.", "返回搜狐，查看更多",
    ],
)  # fmt: skip
def test_what_is_no_invitation(ending: str) -> None:
    assert not cut(f"{WHOLE}\n{ending}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A start that was cut in the...", True),
        ("A start that was cut in the…\nBack to top", True),
        ("A verse that trails off…\nand goes on to a proper end, as verses do.", False),
        ("A short note.", False),
    ],
)
def test_dots_at_the_end_of_a_short_text(text: str, expected: bool) -> None:
    assert cut(text) is expected


@pytest.mark.parametrize(
    ("linked", "expected"),
    [
        (LOCKED | {"wordCount": 2 * WORDS}, True),
        (LOCKED | {"wordCount": WORDS}, False),
        (LOCKED | {"wordCount": len(WHOLE)}, False),  # it counts characters
        (LOCKED | {"articleBody": WHOLE}, False),
        ({"articleBody": WHOLE * 3}, True),  # the extraction lost most of it
        ({"wordCount": 2 * WORDS}, False),  # of a free page it may count the comments too
        (LOCKED | {"wordCount": "many"}, False),
        (LOCKED, False),
    ],
)
def test_what_the_page_states_of_its_length(linked: dict[str, Any], expected: bool) -> None:
    assert cut(WHOLE, linked) is expected


def test_a_short_start_of_a_locked_article() -> None:
    start = WHOLE[:300]
    assert cut(start, LOCKED)
    assert cut(start, tier="locked")
    assert not cut(start, tier="metered")
    assert not cut(start, {"isAccessibleForFree": True})


@pytest.mark.parametrize(
    ("part", "body", "expected"),
    [
        (PART, "<p class='a paywall b'>The rest.</p>", False),
        (PART, "<p class='paywall-banner'>Subscribe.</p>", True),
        ([PART, "x", None], "<p>Nothing.</p>", True),
        (PART | {"cssSelector": "#rest"}, "<p id='rest'>The rest.</p>", False),
        (PART | {"cssSelector": [".x", "main > article"]}, "<p>No class to look for.</p>", False),
        (PART | {"isAccessibleForFree": True}, "<p>Nothing.</p>", False),
        (PART | {"cssSelector": None}, "<p>Nothing.</p>", False),
    ],
)
def test_the_locked_part_is_in_the_page_or_not(part: object, body: str, expected: bool) -> None:
    page = f"<html><body>{body}</body></html>"
    assert cut(WHOLE, LOCKED | {"hasPart": part}, page) is expected
