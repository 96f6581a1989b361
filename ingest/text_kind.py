"""What kind of text a page is: genre, origin, cut short or whole, reserved against mining."""

import re
from typing import Any

from lxml.html import HtmlElement

from ingest.jsonld import kinds, text_of

_GENRE_OF_TYPE = {
    "OpinionNewsArticle": "opinion",
    "ReviewNewsArticle": "review",
    "Review": "review",
    "CriticReview": "review",
    "AdvertiserContentArticle": "sponsored",
}
_OPINION = re.compile(
    r"\b(?:opinions?|editorials?|op-?eds?|columnists?|commentisfree|letters)\b", re.IGNORECASE
)
_REVIEW = re.compile(r"\breviews?\b", re.IGNORECASE)
_SPONSORED = re.compile(
    r"\b(?:sponsored|advertorial|paid-?(?:post|content)|partner-?content|brandvoice)\b",
    re.IGNORECASE,
)
_RELEASE = re.compile(r"\b(?:press[-_ ]?releases?|pressreleases?)\b", re.IGNORECASE)
_AGENCIES = re.compile(
    r"\b(?:Reuters|Associated Press|AP|AFP|Agence France-Presse|dpa|PA Media|Press Association"
    r"|UPI|Xinhua|Kyodo|EFE|ANSA|AAP|PTI|IANS|(?:Press|News) Agency|News ?wire)\b"
)
_DATELINE = re.compile(r"^[^\n]{0,60}\((?:Reuters|AP|AFP|dpa|UPI|Xinhua|Kyodo|PTI|IANS|EFE)\)")
_WIRES = re.compile(
    r"/(?:PRNewswire|PR Newswire|Globe Newswire|GLOBE NEWSWIRE)[^/\n]{0,40}/|\(BUSINESS WIRE\)"
    r"|\(GLOBE NEWSWIRE\)",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"(?:\[\s*(?:…|\.\.\.)\s*\]|(?:continue|keep) reading|read (?:more|the full (?:story|article))"
    r"|subscribe to (?:read|continue)[^\n]{0,60}|to continue reading[^\n]{0,80})\W*$",
    re.IGNORECASE,
)
_SHORT_FOR_A_PAYWALL = 150


def genre(article: dict[str, Any], url: str, section: str) -> str:
    """One of news, opinion, review, press_release, sponsored."""
    for kind in kinds(article):
        if kind in _GENRE_OF_TYPE:
            return _GENRE_OF_TYPE[kind]
    folders = url.partition("://")[2].split("/")[1:-1]
    place = " ".join([section, *folders])
    for pattern, name in (
        (_SPONSORED, "sponsored"),
        (_RELEASE, "press_release"),
        (_OPINION, "opinion"),
        (_REVIEW, "review"),
    ):
        if pattern.search(place):
            return name
    return "news"


def origin(authors: list[str], text: str, kind: str) -> str:
    """One of own, agency, press_release, unknown."""
    if kind == "press_release" or _WIRES.search(text[:600]):
        return "press_release"
    if any(_AGENCIES.search(author) for author in authors) or _DATELINE.search(text[:200]):
        return "agency"
    return "own" if authors else "unknown"


def is_truncated(article: dict[str, Any], text: str, word_count: int) -> bool:
    """Whether the text ends in an invitation to read on, or a paywall let only a part through."""
    if _CUT.search(text[-200:]):
        return True
    if text_of(article, "isAccessibleForFree").lower() not in {"false", "no"}:
        return False
    stated = text_of(article, "wordCount")
    if stated.isdigit() and int(stated) > 0:
        return word_count < 0.6 * int(stated)
    return word_count < _SHORT_FOR_A_PAYWALL


def directives(tree: HtmlElement, headers: dict[str, str]) -> tuple[bool, bool]:
    """(forbids AI use, reserves text and data mining), from meta tags and headers.

    `headers` has lower-case names.
    """
    robots, reserved = [headers.get("x-robots-tag", "")], [headers.get("tdm-reservation", "")]
    for element in tree.iter("meta"):
        name = (element.get("name") or "").strip().lower()
        if name == "robots":
            robots.append(element.get("content") or "")
        elif name == "tdm-reservation":
            reserved.append(element.get("content") or "")
    words = set(re.split(r"[\s,;:]+", " ".join(robots).lower()))
    return bool(words & {"noai", "noimageai"}), any(one.strip() == "1" for one in reserved)
