"""A file explained: a saved page, a plain text, or documents as JSON lines; read on the spot."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.enrich import language_of
from cli.extract import now, page_bytes
from cli.json_lines import InputError, moment_of, read_documents
from core.config import Entities
from core.explanation import About, Dated, Explanation
from core.identity import clean_text
from core.knowledge_base import KnowledgeBase
from core.taxonomy import Themes
from enrich.account import explain_document
from enrich.document import Document
from ingest.cage import Cage
from ingest.dates import choose
from ingest.page import Article, NotAnArticleError, extract_page

_PAGES = (".html", ".htm", ".xhtml")
_LINES = (".json", ".jsonl", ".ndjson")
_BEGINNING = 1_000
_DAY = re.compile(r"\d{4}-?\d\d-?\d\d")


def explain_file(
    path: Path, entities: Entities, themes: Themes, base: KnowledgeBase | None
) -> Iterator[Explanation]:
    """An explanation of every document of the file.

    A name that ends as a page's or JSON's does, or contents that begin like one, tell what it is;
    all else is text, whose first line is the headline where a blank line follows it.

    Raises:
        InputError: the file cannot be read, is no text, or holds none.
    """
    body = page_bytes(path)
    if not body.strip():
        raise InputError(f"{path} is empty; give a text, a saved page or JSON lines.")
    head = body[:_BEGINNING].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if path.suffix.lower() in _PAGES or head.startswith((b"<!doctype html", b"<html", b"<?xml")):
        yield _page(path, body, entities, themes, base)
        return
    text = _decoded(path, body)
    if path.suffix.lower() in _LINES or head.startswith(b"{"):
        records = list(read_documents(io.StringIO(text), str(path)))
    else:
        title, text = _title_and_text(text)
        records = [{"id": path.name, "title": title, "text": text}]
    for record in records:
        if not record["text"].strip():
            raise InputError(f"{path}: document {record['id']} has no 'text' to explain.")
        document = Document(str(record["id"]), language_of(record), record["title"], record["text"])
        explanation = explain_document(document, entities, themes, base)
        yield replace(explanation, about=_about(record))


def _about(record: dict[str, Any]) -> About:
    """What a document says of itself: its address and when it was published."""
    moment = moment_of(record)
    given = str(record.get("published_at") or "")
    precision = "none" if moment is None else "day" if _DAY.fullmatch(given) else "minute"
    url = record.get("url")
    return About(
        url=url if isinstance(url, str) else None,
        published_at=moment,
        published_precision=precision,
        published_method=None if moment is None else "published_at",
    )


def _decoded(path: Path, body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 text (byte {error.start}); give a text, a saved page "
            "(.html) or JSON lines."
        ) from error
    if "\0" in text:
        raise InputError(f"{path} is no text; give a text, a saved page or JSON lines.")
    return text


def _title_and_text(text: str) -> tuple[str, str]:
    """The first line is the headline where a blank line follows it."""
    cleaned = clean_text(text)
    first, _, rest = cleaned.partition("\n")
    line, newline, _ = rest.partition("\n")
    has_headline = newline and not line.strip() and rest.strip()
    return (first.strip(), rest.strip()) if has_headline else ("", cleaned)


def _page(
    path: Path, body: bytes, entities: Entities, themes: Themes, base: KnowledgeBase | None
) -> Explanation:
    moment = now()
    with Cage(1) as cage:
        ((_, found),) = cage.map(_article, [(body, moment)])
    if not isinstance(found, Article):
        raise InputError(f"{path} is no article: {found}.")
    chosen = choose(found.candidates, moment)
    document = Document(path.name, found.language, found.title, found.text)
    explanation = explain_document(document, entities, themes, base)
    return replace(
        explanation,
        about=About(
            url=found.canonical,
            authors=tuple(found.authors),
            published_at=chosen.moment.value if chosen else None,
            published_precision=chosen.moment.precision if chosen else "none",
            published_method=chosen.method if chosen else None,
            genre=found.genre,
            genre_method=found.genre_method,
            origin=found.origin,
            origin_method=found.origin_method,
            is_truncated=found.is_truncated,
        ),
        dates=tuple(
            Dated(one.method, one.moment.value, one.moment.precision, one == chosen)
            for one in found.candidates
        ),
    )


def _article(job: tuple[bytes, datetime]) -> Article | str:
    body, moment = job
    try:
        return extract_page(body, {}, "", "UTC", moment)
    except NotAnArticleError as error:
        return str(error)
