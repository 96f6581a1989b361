"""Erases one article from files: its rows from Parquet, its words from pages, JSON and logs.

Each function returns the new content, or None where the file holds nothing of the article.
"""

import csv
import html
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

import lxml.etree
import lxml.html
import polars as pl

from core.takedowns import TAKEN_DOWN

MARK = f"[{TAKEN_DOWN}]"
_IN_A_ROW = 5  # so many words of the article in a row are its words
_WORD = re.compile(r"\w+")
_ARTICLE_COLUMNS = ("article_id", "article_id_a", "article_id_b", "earlier_article_id")
_OWN = {"landing", "sealed"}  # rows of other articles there are theirs, whatever they quote


@dataclass(frozen=True)
class Target:
    """What is to go: the article by its ids, wordings and URLs, and the texts of its wordings.

    `names` are of persons and others whom no other article mentions, and nobody curated.
    """

    article_ids: frozenset[str]
    version_ids: frozenset[str]
    urls: frozenset[str]
    texts: frozenset[str]
    names: frozenset[str] = frozenset()

    @cached_property
    def _runs(self) -> frozenset[tuple[str, ...]]:
        return frozenset(run for text in self.texts for run in _runs_of(_words(text)))

    @cached_property
    def _short(self) -> frozenset[tuple[str, ...]]:
        """Names, and lines too short for a run of words: they are known only as a whole."""
        lines = (tuple(_words(line)) for text in self.texts for line in text.split("\n"))
        short = frozenset(line for line in lines if 1 < len(line) < _IN_A_ROW)
        return short | {tuple(_words(name)) for name in self.names}

    def speaks(self, text: str | None) -> bool:
        """Whether words of the article stand in `text`: five in a row, or a whole short line."""
        words = _words(text or "")
        return tuple(words) in self._short or any(run in self._runs for run in _runs_of(words))

    def is_meant(self, text: str) -> bool:
        """Whether `text` is an address or the id of the article, or speaks its words."""
        return text in self.urls or text in self.article_ids or self.speaks(text)

    def spoken(self, lines: Sequence[str]) -> set[int]:
        """The numbers of the lines that hold its words, also where a line ends between them."""
        words = [(word, number) for number, line in enumerate(lines) for word in _words(line)]
        runs = _runs_of([word for word, _ in words])
        across = {
            number
            for at, run in enumerate(runs)
            if run in self._runs
            for _, number in words[at : at + _IN_A_ROW]
        }
        return across | {number for number, line in enumerate(lines) if self.speaks(line)}


def _words(text: str) -> list[str]:
    return _WORD.findall(html.unescape(text).casefold())


def _runs_of(words: list[str]) -> Iterable[tuple[str, ...]]:
    return (tuple(words[at : at + _IN_A_ROW]) for at in range(len(words) - _IN_A_ROW + 1))


def erased_file(path: PurePosixPath, content: bytes, target: Target) -> bytes | None:
    """A file under the home (`path` relative to it) without the article; None if it had none."""
    match path.suffix:
        case ".parquet":
            return erased_parquet(path, content, target)
        case ".html":
            return erased_page(path, content, target)
    erase = _ERASERS.get(path.suffix)
    return erase(content, target) if erase else None


# Parquet --------------------------------------------------------------------------------------


def erased_parquet(path: PurePosixPath, content: bytes, target: Target) -> bytes | None:
    """Without rows of the article, and without its words in what is said of its URLs."""
    frame = pl.read_parquet(io.BytesIO(content))
    kept = frame
    for column in _ARTICLE_COLUMNS:
        if column in kept.columns and "title_hint" not in kept.columns:
            kept = kept.filter(~pl.col(column).is_in(target.article_ids).fill_null(value=False))
    if "rows" in kept.columns and "version_id" in kept.columns:  # the cache of enrichment
        kept = kept.filter(~pl.col("version_id").is_in(target.version_ids))
    if "url" in kept.columns:
        kept = kept.with_columns(_of_urls(kept, target))
    if path.parts[0] not in _OWN:
        kept = _without_words(kept, target)
    if kept.equals(frame):
        return None
    out = io.BytesIO()
    kept.write_parquet(out, compression="zstd")
    return out.getvalue()


def _of_urls(frame: pl.DataFrame, target: Target) -> list[pl.Expr]:
    """The columns that hold words of a page, or say how it ended, for the article's URLs."""
    ours = pl.col("url").is_in(target.urls).fill_null(value=False)
    if "kind" in frame.columns and "etag" in frame.columns:  # the collector's state
        ours &= pl.col("kind") == "page"
    new: dict[str, str | None] = {"title_hint": None, "categories": None}
    if "status" in frame.columns:
        new |= {"status": "quarantined", "reason": TAKEN_DOWN, "http_status": None}
    return [
        pl.when(ours).then(pl.lit(value, frame.schema[name])).otherwise(pl.col(name)).alias(name)
        for name, value in new.items()
        if name in frame.columns
    ]


def _without_words(frame: pl.DataFrame, target: Target) -> pl.DataFrame:
    told = [name for name, kind in frame.schema.items() if kind == pl.String]
    changed = {
        name: [MARK if target.speaks(value) else value for value in frame[name]]
        for name in told
        if any(target.speaks(value) for value in frame[name].unique())
    }
    return frame.with_columns(pl.Series(name, values) for name, values in changed.items())


# Pages, JSON, lines ---------------------------------------------------------------------------


def erased_page(path: PurePosixPath, content: bytes, target: Target) -> bytes | None:
    """An HTML page with the mark in place of the innermost elements that hold the article's words.

    A page that explains another article keeps that one's words, even where they are the same;
    only what names or links the article goes.
    """
    page = lxml.html.document_fromstring(content)
    is_of_another = path.parent.name == "explain"
    changed = False
    for element in list(page.iter(lxml.etree.Element)):
        if is_of_another:
            is_ours = _leads_to(element, target)
        else:
            is_ours = _leads_to(element, target) or _is_innermost(element, target)
            changed |= _erase_attributes(element, target)
        if is_ours and element.text_content() not in ("", MARK):
            for child in list(element):
                element.remove(child)
            element.text = MARK
            changed = True
    if not changed:
        return None
    told = lxml.etree.tostring(page, method="html", encoding="utf-8", doctype="<!doctype html>")
    return bytes(told)


def _leads_to(element: Any, target: Target) -> bool:
    link = element.get("href") or ""
    return link in target.urls or PurePosixPath(link.partition("#")[0]).stem in target.article_ids


def _is_innermost(element: Any, target: Target) -> bool:
    return target.speaks(element.text) or (
        target.speaks(element.text_content())
        and not any(target.speaks(child.text_content()) for child in element)
    )


def _erase_attributes(element: Any, target: Target) -> bool:
    said = [name for name, value in element.attrib.items() if target.speaks(value)]
    said = [name for name in said if name not in ("href", "id")]
    for name in said:
        element.set(name, MARK)
    return bool(said)


def _erased_json(content: bytes, target: Target) -> bytes | None:
    try:
        value = json.loads(content)
    except ValueError:
        return _erased_lines(content, target)
    new = _without(value, target)
    if new == value:
        return None
    return json.dumps(new, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


def _without(value: Any, target: Target) -> Any:
    if isinstance(value, dict):
        return {key: _without(one, target) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, target) for one in value]
    return MARK if isinstance(value, str) and target.speaks(value) else value


def _erased_lines(content: bytes, target: Target) -> bytes | None:
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    new = [json.dumps(MARK) if target.speaks(line) else line for line in lines]
    return None if new == lines else "\n".join(new).encode("utf-8", "surrogateescape")


# The companions of a brief --------------------------------------------------------------------


def _erased_prose(content: bytes, target: Target) -> bytes | None:
    """Text that is wrapped: of a quotation over several lines all go, a mark for all of them."""
    text = content.decode("utf-8", "surrogateescape")
    new = _prose_without(text, target)
    return None if new == text else new.encode("utf-8", "surrogateescape")


def _prose_without(text: str, target: Target) -> str:
    lines = text.split("\n")
    gone = target.spoken(lines)
    gone |= {number for number, line in enumerate(lines) if target.urls & set(line.split())}
    return "\n".join(
        MARK if number in gone else line
        for number, line in enumerate(lines)
        if number not in gone or number - 1 not in gone
    )


def _erased_csv(content: bytes, target: Target) -> bytes | None:
    """The mark in place of each cell that names the article or speaks its words."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    except csv.Error as error:
        raise ValueError(f"it is no CSV: {error}") from error
    new = [[MARK if target.is_meant(cell) else cell for cell in row] for row in rows]
    if new == rows:
        return None
    out = io.StringIO(newline="")
    csv.writer(out).writerows(new)
    return out.getvalue().encode()


def _erased_script(content: bytes, target: Target) -> bytes | None:
    """A script of the search: a row a line, each an array that ends with a comma."""
    lines = content.decode().split("\n")
    new = [
        f"{json.dumps(MARK)},"
        if line.startswith("[") and any(target.is_meant(cell) for cell in json.loads(line[:-1]))
        else line
        for line in lines
    ]
    return None if new == lines else "\n".join(new).encode()


def _erased_mail(content: bytes, target: Target) -> bytes | None:
    """A message with its subject and its texts, plain and HTML, as files of their kind."""
    mail = message_from_bytes(content, policy=policy.SMTP)
    changed = target.speaks(mail["Subject"])
    if changed:
        mail.replace_header("Subject", MARK)
    for part in mail.walk():
        if part.get_content_maintype() != "text":
            continue
        told = part.get_content()
        kind = part.get_content_subtype()
        new = erased_file(PurePosixPath(f"part.{_SUFFIXES.get(kind, kind)}"), told.encode(), target)
        if new is not None:
            part.set_content(new.decode(), subtype=kind, cte="quoted-printable")
            changed = True
    return bytes(mail) if changed else None


_SUFFIXES = {"plain": "txt"}
_ERASERS = {
    ".csv": _erased_csv,
    ".eml": _erased_mail,
    ".err": _erased_lines,
    ".js": _erased_script,
    ".json": _erased_json,
    ".jsonl": _erased_lines,
    ".log": _erased_lines,
    ".out": _erased_lines,
    ".txt": _erased_prose,
}
