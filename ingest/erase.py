"""Erases pages from archives: their records stay where they are, empty; so do feeds' words of them.

A record is replaced by one of the same length (the gzip header's comment is the padding), so that
every other record keeps its place, the ledger its sizes, and a run that is under way its offsets.
"""

import gzip
import html
import json
import re
import struct
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import brotli  # type: ignore[import-untyped]
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from core.errors import HomeError
from core.files import whole_file
from ingest import urls as spelling
from ingest import warc
from ingest.encoding import EncodingError, TooLargeError, decode
from ingest.exchange import Response

_END = b"\r\n\r\n"
GONE = b"HTTP/1.1 451 Unavailable For Legal Reasons\r\nContent-Length: 0" + _END
_MOST_BYTES = 1 << 30
_BLOCK_BYTES = 1 << 20
_COMMENT = 0x10  # the flag of a gzip header with a comment
_PAGES, LISTS = {"page", "import"}, {"feed", "sitemap"}
_LINK = re.compile(r"https?://[^\s<>\"']+")
# An item of a feed or sitemap, and the parts of it that say where and when, not what.
_ITEM = re.compile(rb"<((?:\w+:)?(?:item|entry|url))\b[^>]*>.*?</\1\s*>", re.DOTALL)
_PART = re.compile(rb"<([A-Za-z_][\w.:-]*)\b([^>]*)(?<!/)>(.*?)</\1\s*>", re.DOTALL)
_KEPT_PARTS = {
    b"link", b"guid", b"id", b"loc", b"pubDate", b"published", b"updated", b"date", b"lastmod",
    b"publication_date",
}  # fmt: skip
_KEPT_KEYS = {"id", "url", "external_url", "date_published", "date_modified"}
_CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, 9, mtime=0),
    "x-gzip": lambda body: gzip.compress(body, 9, mtime=0),
    "deflate": lambda body: zlib.compress(body, 9),
    "br": brotli.compress,
    "identity": bytes,
    "none": bytes,
}
_ATTRIBUTE = re.compile(
    rb"\s(?:title|alt|label|description)\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE
)


def erase(path: Path, urls: Collection[str]) -> bool:
    """Take the pages `urls` out of the archive file `path`; False if it held nothing of them.

    Raises:
        HomeError: the file is damaged, or the disk refused.
    """
    with path.open("rb") as file:
        if not next(_patches(file, path, urls), None):
            return False
    with whole_file(path) as out:
        erase_pages(path, out, urls)
    return True


def erase_pages(path: Path, out: Path, urls: Collection[str]) -> bool:
    """Write to `out` the archive file `path` without what it holds of `urls`; False if nothing.

    Records of these pages answer 451 without a body. Feeds and sitemaps keep their items, without
    the items' words.

    Raises:
        HomeError: the file is damaged, or a record has no room for what is to stand there.
    """
    with path.open("rb") as file:
        patches = list(_patches(file, path, urls))
    if not patches:
        return False
    with path.open("rb") as origin, out.open("wb") as copy:
        place = 0
        for start, member in patches:
            _copy(origin, copy, start - place)
            copy.write(member)
            place = origin.seek(start + len(member))
        _copy(origin, copy, path.stat().st_size - place)
    return True


def _copy(origin: BinaryIO, copy: BinaryIO, size: int) -> None:
    while size > 0:
        block = origin.read(min(size, _BLOCK_BYTES))
        copy.write(block)
        size -= len(block)


def _patches(file: BinaryIO, path: Path, urls: Collection[str]) -> Iterator[tuple[int, bytes]]:
    """Where members of `path` are to be replaced, each with one of its length that stands there."""
    size = path.stat().st_size
    waiting: tuple[int, list[bytes]] | None = None
    try:
        for record in ArchiveIterator(file, parse_http=False):
            if waiting:
                yield _fitting(waiting, record.stream_pos, path)
            waiting = None
            if record.record_type == WarcRecordType.response:
                wordings = _erased(record, urls)
                waiting = (record.stream_pos, wordings) if wordings else None
    except (ValueError, OSError) as error:
        raise HomeError(f"{path} is damaged ({error}); bring it back from a backup.") from error
    if waiting:
        yield _fitting(waiting, size, path)


def _fitting(waiting: tuple[int, list[bytes]], end: int, path: Path) -> tuple[int, bytes]:
    """The first wording that has room between the member's start and `end`."""
    start, wordings = waiting
    for wording in wordings:
        if member := _member(wording, end - start):
            return start, member
    raise HomeError(
        f"the record at {start} of {path} is too small for the mark that it was taken down; "
        "remove the file by hand: an edition that needs it can then not be replayed."
    )


def _member(record: bytes, size: int) -> bytes | None:
    """A gzip member of exactly `size` bytes; None if the record needs more."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(record) + deflate.flush()
    room = size - len(body) - 18  # the fixed parts of head and tail
    if room < 0:
        return None
    head = bytes([0x1F, 0x8B, 8, _COMMENT if room else 0, 0, 0, 0, 0, 2, 0xFF])
    comment = b" " * (room - 1) + b"\0" if room else b""
    return head + comment + body + struct.pack("<II", zlib.crc32(record), len(record))


# What stands in a record afterwards -------------------------------------------------------


def _erased(record: WarcRecord, urls: Collection[str]) -> list[bytes]:
    """The record without the pages, the most that can be kept first; empty if it has none."""
    headers = record.headers
    purpose = headers.get(warc.PURPOSE) or ""
    block: bytes = record.reader.read()
    if purpose in _PAGES:
        is_ours = headers.get("WARC-Target-URI") in urls or headers.get(warc.START) in urls
        return [_record(record, GONE)] if is_ours and block != GONE else []
    if purpose not in LISTS:
        return []
    head, _, body = block.partition(_END)
    try:
        coding = _coding(head)
        listed = decode(body, coding, _MOST_BYTES)
    except (EncodingError, TooLargeError):  # nobody can read it
        return []
    wordless = without_words(listed, urls)
    if wordless == listed:
        return []
    shorter = (wordless, without_words(listed, None))
    return [*(_record(record, _block(head, coding, one)) for one in shorter), _record(record, GONE)]


def _coding(head: bytes) -> str:
    found = re.search(rb"\r\ncontent-encoding:\s*([^\r]*)", head, re.IGNORECASE)
    return found[1].decode("latin-1").strip().lower() if found else ""


def _block(head: bytes, coding: str, body: bytes) -> bytes:
    """The HTTP response with another body, in the coding that it names."""
    for name in filter(None, (one.strip() for one in coding.split(","))):
        body = _CODERS[name](body)
    lines = [
        line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:")
    ]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body)]) + _END + body


def _record(record: WarcRecord, block: bytes) -> bytes:
    """The record with another block, all its headers kept."""
    headers = [(name, value) for name, value in record.headers.items() if name != "Content-Length"]
    lines = ["WARC/1.1", *(f"{name}: {warc.as_received(value)}" for name, value in headers)]
    lines.append(f"Content-Length: {len(block)}")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + _END + block + _END


def without_items(response: Response, urls: Collection[str]) -> Response:
    """The response of a feed or sitemap without what its items for `urls` say.

    One that has such items is returned without a Content-Encoding.
    """
    try:
        body = response.decoded(_MOST_BYTES)
    except (EncodingError, TooLargeError):
        return response
    wordless = without_words(body, urls)
    if wordless == body:
        return response
    headers = tuple(one for one in response.headers if one[0].lower() != "content-encoding")
    return replace(response, body=wordless, headers=headers)


def without_words(body: bytes, urls: Collection[str] | None) -> bytes:
    """A feed or sitemap whose items for `urls` (None: all items) keep only links and dates."""
    if body.lstrip()[:1] == b"{":
        return _wordless_json(body, urls)

    def stripped(item: re.Match[bytes]) -> bytes:
        if urls is not None and not _is_of(item[0], urls):
            return item[0]
        opening, inner = _opened(item[0])
        return opening + _ATTRIBUTE.sub(b"", _PART.sub(_kept_part, inner))

    return _ITEM.sub(stripped, body)


def _opened(item: bytes) -> tuple[bytes, bytes]:
    """The start tag of an item, and the rest of it."""
    end = item.index(b">") + 1
    return item[:end], item[end:]


def _kept_part(part: re.Match[bytes]) -> bytes:
    name = part[1].rpartition(b":")[2]
    if name == b"news":  # a news sitemap's own level
        inner = _PART.sub(_kept_part, part[3])
        return b"<" + part[1] + part[2] + b">" + inner + b"</" + part[1] + b">"
    return part[0] if name in _KEPT_PARTS else b""


def _is_of(item: bytes, urls: Collection[str]) -> bool:
    links = _LINK.findall(html.unescape(item.decode("utf-8", "replace")))
    return any(link in urls or _canonical(link) in urls for link in links)


def _canonical(link: str) -> str:
    try:
        return spelling.canonical_url(link)
    except spelling.UrlRefusedError:
        return ""


def _wordless_json(body: bytes, urls: Collection[str] | None) -> bytes:
    try:
        feed = json.loads(body)
        items = feed["items"]
    except (ValueError, KeyError, TypeError):
        return body
    ours = [
        one for one in items
        if isinstance(one, dict) and (urls is None or _is_of(json.dumps(one).encode(), urls))
    ]  # fmt: skip
    for item in ours:
        for name in item.keys() - _KEPT_KEYS:
            del item[name]
    return json.dumps(feed, ensure_ascii=False).encode() if ours else body
