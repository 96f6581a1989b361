"""`broadsheet extract`: pages in, articles out, as JSON lines."""

import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from core.errors import BroadsheetError
from ingest.cage import Cage, CageError
from ingest.dates import Candidate, Moment, choose
from ingest.encoding import decode
from ingest.page import Article, NotAnArticleError, extract_html, extract_page

_MOST_BYTES = 50 * 1024 * 1024

type Row = dict[str, Any]


def extract_lines(lines: Iterable[str], out: TextIO) -> int:
    """Extract every {"id", "url", "html"} line into `out`; return how many were no article.

    A page that is none has no fields but its date and says why in `error`; the order is the
    input's.

    Raises:
        BroadsheetError: a line is not such an object; the text names its number.
    """
    refused = 0
    moment = now()
    with Cage(os.cpu_count() or 1) as cage:
        for page, result in cage.map(_extract_line, ((page, moment) for page in _pages(lines))):
            row = {
                "id": page[0]["id"],
                **(_failed(result) if isinstance(result, CageError) else result),
            }
            refused += "error" in row
            _write(row, out)
    return refused


def extract_file(path: Path, url: str, out: TextIO) -> int:
    """Extract one page that was saved from `url` (gzipped or not); return 1 if it is no article.

    Raises:
        BroadsheetError: the file cannot be read.
    """
    body = page_bytes(path)
    with Cage(1) as cage:
        for _, result in cage.map(_extract_file, [(body, url, now())]):
            row = {"id": url, **_or_failed(result)}
            _write(row, out)
            return int("error" in row)
    return 1


def page_bytes(path: Path) -> bytes:
    """What stands in a file, gzipped or not.

    Raises:
        BroadsheetError: the file cannot be read.
    """
    try:
        body = path.read_bytes()
        if body.startswith(b"\x1f\x8b"):
            body = decode(body, "gzip", _MOST_BYTES)
    except OSError as error:
        raise BroadsheetError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise BroadsheetError(f"{path} is a broken or too large gzip file.") from error
    return body


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _pages(lines: Iterable[str]) -> Iterator[Row]:
    number = 0
    try:
        for number, line in enumerate(lines, 1):
            written = line.removeprefix("\ufeff") if number == 1 else line
            if written.strip():
                yield _page(written, number)
    except UnicodeDecodeError as error:
        raise BroadsheetError(
            f"stdin is not UTF-8 text (after line {number}); give JSON lines in UTF-8."
        ) from error


def _page(line: str, number: int) -> Row:
    try:
        page = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BroadsheetError(f"line {number} is not JSON; give one object a line.") from error
    if not isinstance(page, dict) or not isinstance(page.get("html"), str) or "id" not in page:
        raise BroadsheetError(f'line {number} needs "id" and "html" (and "url" if known).')
    return page


def _extract_line(job: tuple[Row, datetime]) -> Row:
    page, now = job
    try:
        return _row(extract_html(page["html"], str(page.get("url") or ""), "UTC", now), now)
    except NotAnArticleError as error:
        return {**_failed(error), **_dated(error.candidates, now)}


def _extract_file(job: tuple[bytes, str, datetime]) -> Row:
    body, url, now = job
    try:
        return _row(extract_page(body, {}, url, "UTC", now), now)
    except NotAnArticleError as error:
        return {**_failed(error), **_dated(error.candidates, now)}


def _row(article: Article, now: datetime) -> Row:
    return {
        "title": article.title,
        "text": article.text,
        **_dated(article.candidates, now),
        "authors": article.authors,
        "language": article.language,
    }


def _dated(candidates: list[Candidate], now: datetime) -> Row:
    chosen = choose(candidates, now)
    return {
        "published_at": written(chosen.moment) if chosen else None,
        "published_precision": chosen.moment.precision if chosen else "none",
        "published_method": chosen.method if chosen else None,
    }


def _failed(error: Exception) -> Row:
    nothing = dict.fromkeys(("title", "text", "published_at", "published_method", "language"))
    return {**nothing, "published_precision": "none", "authors": [], "error": str(error)}


def _or_failed(result: Row | CageError) -> Row:
    return _failed(result) if isinstance(result, CageError) else result


def written(moment: Moment) -> str:
    """A moment as far as it is known: `2026`, `2026-10`, `2026-10-16` or with a UTC time."""
    shapes = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}
    return moment.value.strftime(shapes.get(moment.precision, "%Y-%m-%dT%H:%M:%SZ"))


def _write(row: Row, out: TextIO) -> None:
    out.write(json.dumps(row, ensure_ascii=False) + "\n")
