"""One page to one article: a pure function of its bytes, run inside the cage."""

import logging
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import py3langid
from lxml.html import HtmlElement
from trafilatura import bare_extraction, load_html

from core.identity import clean_text
from ingest import text_kind, urls
from ingest.charset import decode_text
from ingest.dates import Candidate, page_candidates, parse_date
from ingest.jsonld import article_of, text_of

MIN_WORDS = 25
_TOO_SHORT = f"fewer than {MIN_WORDS} words of text"
_LANGUAGE_CHARACTERS = 500
_MOST_AUTHORS = 20
_HEAD_LINES, _MOST_SECTION_WORDS = 3, 4
_HTML_TYPES = {"", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream"}
_NOT_IN_TEXT = bytes([*range(9), *range(14, 27)])
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")

for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # a bad page is a disposition, not a log


class NotAnArticleError(ValueError):
    """The page holds no article; the text says why."""


@dataclass(frozen=True)
class Article:
    """What a page says; title and text NFC, dates unchosen."""

    title: str
    text: str
    authors: list[str]
    language: str
    word_count: int
    is_truncated: bool
    genre: str
    origin: str
    forbids_ai: bool
    tdm_reserved: bool
    canonical: str | None = None
    candidates: list[Candidate] = field(default_factory=list)


def extract_page(
    body: bytes,
    headers: dict[str, str],
    url: str,
    timezone: str,
    cutoff: datetime,
) -> Article:
    """Extract the article of an HTML page.

    `headers` are the response's, names in lower case; `cutoff` bounds the dates that may be
    guessed from free text.

    Raises:
        NotAnArticleError: empty, not text, not HTML, or too few words.
    """
    content_type = headers.get("content-type", "")
    _refuse_what_is_no_page(body, content_type.partition(";")[0].strip().lower())
    return extract_html(decode_text(body, content_type), url, timezone, cutoff, headers)


def extract_html(
    html: str,
    url: str,
    timezone: str,
    cutoff: datetime,
    headers: dict[str, str] | None = None,
) -> Article:
    """Extract the article of a decoded page; see `extract_page`."""
    tree = load_html(html) if html.strip() else None
    if tree is None:
        raise NotAnArticleError("not HTML")
    zone = ZoneInfo(timezone)
    linked = article_of(tree)
    candidates = page_candidates(tree, linked, url, zone)
    meta = _meta(tree)
    latest = (cutoff + timedelta(days=1)).strftime("%Y-%m-%d")
    forbids_ai, tdm_reserved = text_kind.directives(tree, headers or {})
    canonical = _canonical(tree, url)
    document = bare_extraction(
        tree,
        url=url or None,
        fast=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={
            "original_date": True,
            "extensive_search": True,
            "max_date": latest,
        },
    )
    title = _one_line((document.title if document else "") or text_of(linked, "headline"))
    text = without_title(clean_text(document.text or ""), title) if document else ""
    words = count_words(text)
    if document is None or words < MIN_WORDS:
        raise NotAnArticleError(_TOO_SHORT)
    guessed = parse_date(document.date or "", zone)
    if guessed:
        candidates.append(Candidate("htmldate", guessed))
    authors = _authors(document.author)
    section = meta.get("article:section") or text_of(linked, "articleSection")
    kind = text_kind.genre(linked, url, section)
    return Article(
        title=title,
        text=text,
        authors=authors,
        language=py3langid.classify(text[:_LANGUAGE_CHARACTERS])[0],
        word_count=words,
        is_truncated=text_kind.is_truncated(linked, text, words),
        genre=kind,
        origin=text_kind.origin(authors, text, kind),
        forbids_ai=forbids_ai,
        tdm_reserved=tdm_reserved,
        canonical=canonical,
        candidates=candidates,
    )


def article_of_text(title: str, text: str, authors: list[str], url: str) -> Article:
    """The article of a record that comes as text.

    Raises:
        NotAnArticleError: too few words.
    """
    text = clean_text(text)
    words = count_words(text)
    if words < MIN_WORDS:
        raise NotAnArticleError(_TOO_SHORT)
    kind = text_kind.genre({}, url, "")
    return Article(
        title=_one_line(title),
        text=text,
        authors=authors,
        language=py3langid.classify(text[:_LANGUAGE_CHARACTERS])[0],
        word_count=words,
        is_truncated=text_kind.is_truncated({}, text, words),
        genre=kind,
        origin=text_kind.origin(authors, text, kind),
        forbids_ai=False,
        tdm_reserved=False,
    )


def without_title(text: str, title: str) -> str:
    """The text without the title at its head, as many pages' `<h1>` leaves it there.

    A section's name above it goes with it. Left in, every theme and name of the title would
    count twice.
    """
    lines = text.split("\n", _HEAD_LINES)
    for number, line in enumerate(lines[:-1]):
        if _letters(line) == _letters(title) != "":
            return "\n".join(lines[number + 1 :]).lstrip()
        if len(line.split()) > _MOST_SECTION_WORDS:
            break
    return text


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def count_words(text: str) -> int:
    """Words between white space; where a script writes none, two characters count as one."""
    return len(text.split()) + len(_CJK.findall(text)) // 2


def _refuse_what_is_no_page(body: bytes, media_type: str) -> None:
    if not body.strip():
        raise NotAnArticleError("empty body")
    if media_type not in _HTML_TYPES:
        raise NotAnArticleError(f"content type {media_type[:60]}")
    head = body[:4096]
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    odd = len(head) - len(head.translate(None, _NOT_IN_TEXT))
    if not is_wide and odd * 20 > len(head):
        raise NotAnArticleError("not text")


def _meta(tree: HtmlElement) -> dict[str, str]:
    return {
        element.get("property").lower(): element.get("content") or ""
        for element in tree.iterfind(".//meta[@property]")
    }


def _canonical(tree: HtmlElement, url: str) -> str | None:
    """`rel=canonical`, within the same site only and never a deep page's link to the front page."""
    link = tree.find('.//link[@rel="canonical"]')
    href = (link.get("href") or "").strip() if link is not None else ""
    try:
        canonical = urls.canonical_url(href, url) if href else None
        if canonical is None or not urls.same_site(canonical, url):
            return None
        is_front = urls.parse(canonical).pathname == "/" and urls.parse(url).pathname != "/"
    except urls.UrlRefusedError:
        return None
    return None if is_front else canonical


def _authors(joined: str | None) -> list[str]:
    names = (_one_line(name) for name in (joined or "").split(";"))
    return list(dict.fromkeys(name for name in names if name))[:_MOST_AUTHORS]


def _one_line(text: str) -> str:
    return " ".join(clean_text(text).split())
