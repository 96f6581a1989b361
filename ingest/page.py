"""One page to one article: a pure function of its bytes, run inside the cage."""

import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import py3langid
from lxml.html import HtmlElement
from trafilatura import bare_extraction, load_html
from trafilatura.settings import Document

from core.identity import clean_text
from ingest import urls
from ingest.charset import decode_text
from ingest.cut_text import is_truncated
from ingest.dates import Candidate, page_candidates, parse_date
from ingest.jsonld import article_of, text_of, texts_of
from ingest.reservations import reservations
from ingest.text_kind import Clues, genre, origin

MIN_WORDS = 25
_TOO_SHORT = f"fewer than {MIN_WORDS} words of text"
_LANGUAGE_CHARACTERS = 500
_MOST_AUTHORS = 20
_FRONTS = {"/", "/index.html", "/index.htm", "/index.php", "/home"}
_HEAD_LINES, _MOST_SECTION_WORDS = 3, 4
_HTML_TYPES = {"", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream"}
_NOT_IN_TEXT = bytes([*range(9), *range(14, 27)])
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")

for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # a bad page is a disposition, not a log


class NotAnArticleError(ValueError):
    """The page holds no article; the text says why, `candidates` are the dates it gives."""

    def __init__(self, reason: str, candidates: Sequence[Candidate] = ()) -> None:
        super().__init__(reason)
        self.candidates = list(candidates)


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
    genre_method: str
    origin: str
    origin_method: str
    forbids_ai: bool
    tdm_reserved: bool
    canonical: str | None = None
    candidates: list[Candidate] = field(default_factory=list)


def extract_page(
    body: bytes,
    headers: Mapping[str, str],
    url: str,
    timezone: str,
    cutoff: datetime,
    *,
    categories: Sequence[str] = (),
    agent: str = "",
) -> Article:
    """Extract the article of an HTML page.

    `headers` are the response's as from `reservations.header_lines`; `cutoff` bounds the dates
    that may be guessed from free text; `categories` are what the feed filed the page under, `agent`
    is our crawler's name (robots directives may be addressed to it).

    Raises:
        NotAnArticleError: empty, not text, not HTML, or too few words.
    """
    content_type = headers.get("content-type", "")
    _refuse_what_is_no_page(body, content_type.lower())
    html = decode_text(body, content_type)
    return extract_html(html, url, timezone, cutoff, headers, categories=categories, agent=agent)


def extract_html(
    html: str,
    url: str,
    timezone: str,
    cutoff: datetime,
    headers: Mapping[str, str] | None = None,
    *,
    categories: Sequence[str] = (),
    agent: str = "",
) -> Article:
    """Extract the article of a decoded page; see `extract_page`."""
    tree = load_html(html) if html.strip() else None
    if tree is None:
        raise NotAnArticleError("not HTML")
    zone = ZoneInfo(timezone)
    linked = article_of(tree)
    candidates = page_candidates(tree, linked, url, zone)
    named = _named(tree)
    forbids_ai, tdm_reserved = reservations(named, headers or {}, agent)
    document = _document(tree, url, cutoff)
    title = _one_line((document.title if document else "") or text_of(linked, "headline"))
    text = without_title(clean_text(document.text or ""), title) if document else ""
    words = count_words(text)
    guessed = parse_date((document.date if document else None) or "", zone)
    if guessed:
        candidates.append(Candidate("htmldate", guessed))
    if document is None or words < MIN_WORDS:
        raise NotAnArticleError(_TOO_SHORT, candidates)
    authors = _authors(document.author) or [_one_line(name) for name in texts_of(linked, "author")]
    meta = _joined(named)
    clues = Clues(url, title, text, authors, categories, linked, meta)
    kind = genre(clues)
    source = origin(clues, kind)
    return Article(
        title=title,
        text=text,
        authors=authors,
        language=py3langid.classify(text[:_LANGUAGE_CHARACTERS])[0],
        word_count=words,
        is_truncated=is_truncated(tree, linked, meta, text, words),
        genre=kind.value,
        genre_method=kind.method,
        origin=source.value,
        origin_method=source.method,
        forbids_ai=forbids_ai,
        tdm_reserved=tdm_reserved,
        canonical=_canonical(tree, url),
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
    clues = Clues(url, _one_line(title), text, authors)
    kind = genre(clues)
    source = origin(clues, kind)
    return Article(
        title=clues.title,
        text=text,
        authors=authors,
        language=py3langid.classify(text[:_LANGUAGE_CHARACTERS])[0],
        word_count=words,
        is_truncated=is_truncated(None, {}, {}, text, words),
        genre=kind.value,
        genre_method=kind.method,
        origin=source.value,
        origin_method=source.method,
        forbids_ai=False,
        tdm_reserved=False,
    )


def _document(tree: HtmlElement, url: str, cutoff: datetime) -> Document | None:
    """What trafilatura makes of the page; the tree stays as it is."""
    latest = (cutoff + timedelta(days=1)).strftime("%Y-%m-%d")
    return bare_extraction(
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


def _refuse_what_is_no_page(body: bytes, content_type: str) -> None:
    if not body.strip():
        raise NotAnArticleError("empty body")
    media_type, _, parameters = (part.strip() for part in content_type.partition(";"))
    if media_type not in _HTML_TYPES:
        raise NotAnArticleError(f"content type {media_type[:60]}")
    head = body[:4096]
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or "utf-16" in parameters
    odd = len(head) - len(head.translate(None, _NOT_IN_TEXT))
    if not is_wide and odd * 20 > len(head):
        raise NotAnArticleError("not text")


def _named(tree: HtmlElement) -> list[tuple[str, str]]:
    """The meta tags in order, under each of their names in lower case, with their content."""
    found = []
    for element in tree.iter("meta"):
        content = element.get("content")
        if content:
            names = map(element.get, ("name", "property", "itemprop", "http-equiv"))
            found += [(name.strip().lower(), content) for name in names if name]
    return found


def _joined(named: list[tuple[str, str]]) -> dict[str, str]:
    """The meta tags by name, several of one name a line each."""
    found: dict[str, str] = {}
    for name, content in named:
        found[name] = f"{found[name]}\n{content}" if name in found else content
    return found


def _canonical(tree: HtmlElement, url: str) -> str | None:
    """`rel=canonical`, within the same site only and never a deep page's link to the front page.

    Two that differ say nothing.
    """
    head = tree.find("head")
    hrefs = {
        (link.get("href") or "").strip()
        for link in (tree if head is None else head).iter("link")
        if "canonical" in (link.get("rel") or "").lower()
    }
    named = set[str]()
    for href in hrefs - {""}:
        with suppress(urls.UrlRefusedError):
            named.add(urls.canonical_url(href, url))
    if len(named) != 1:
        return None
    canonical = named.pop()
    try:
        is_front = urls.parse(canonical).pathname in _FRONTS and urls.parse(url).pathname != "/"
        return canonical if urls.same_site(canonical, url) and not is_front else None
    except urls.UrlRefusedError:
        return None


def _authors(joined: str | None) -> list[str]:
    names = (_one_line(name) for name in (joined or "").split(";"))
    return list(dict.fromkeys(name for name in names if name))[:_MOST_AUTHORS]


def _one_line(text: str) -> str:
    return " ".join(clean_text(text).split())
