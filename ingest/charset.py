"""Bytes to text: byte-order mark, header, meta tag, then detection, and what really decodes."""

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(
    rb"""(?:charset\s*=\s*|<\?xml[^>]{0,80}encoding\s*=\s*)["']?\s*([A-Za-z0-9_:.-]{2,40})"""
)
_PARAMETER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_META_BYTES = 4096
# Browsers read these labels as the larger sets that pages so labelled are written in.
_AS_BROWSERS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_SEVEN_BIT = ("iso2022", "hz", "utf-16", "utf-32")  # such bytes can be valid UTF-8 by accident


def decode_text(body: bytes, content_type: str = "") -> str:
    """The text of an HTML or XML body; never fails.

    Valid UTF-8 is taken for UTF-8 whatever was declared, because by chance it hardly occurs.
    A declared charset in which the bytes are invalid is not believed.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    declared = _declared(body, content_type)
    for name in declared:
        if name.startswith(_SEVEN_BIT) and (text := _strict(body, name)) is not None:
            return text
    for name in ("utf-8", *declared):
        if (text := _strict(body, name)) is not None:
            return text
    if _mostly_utf8(body):
        return body.decode("utf-8", "replace")
    best = from_bytes(body[:20_000]).best()
    detected = _strict(body, best.encoding) if best else None
    return detected if detected is not None else body.decode("cp1252", "replace")


def _declared(body: bytes, content_type: str) -> list[str]:
    header = _PARAMETER.search(content_type)
    meta = _META.search(body[:_META_BYTES])
    labels = [header[1] if header else "", meta[1].decode("ascii") if meta else ""]
    return [name for label in labels if (name := _codec(label))]


def _codec(label: str) -> str | None:
    try:
        codec = codecs.lookup(label) if label else None
    except LookupError:
        return None
    if codec is None or not getattr(codec, "_is_text_encoding", True):
        return None
    return _AS_BROWSERS.get(codec.name, codec.name)


def _strict(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeError, LookupError):
        return None


def _mostly_utf8(body: bytes) -> bool:
    """Whether broken sequences are rare beside good multi-byte ones: a damaged UTF-8 page."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = sum(1 for character in text if character > "\x7f") - broken
    return good > 0 and broken * 10 <= good
