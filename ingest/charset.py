"""Bytes to text: byte-order mark, header, meta tag, then detection, and what really decodes."""

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = (  # the mark of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Where the zero bytes of Latin letters stand, by place in a group of four.
_ZEROS = (
    ("utf-32-le", (False, True, True, True)),
    ("utf-32-be", (True, True, True, False)),
    ("utf-16-le", (False, True, False, True)),
    ("utf-16-be", (True, False, True, False)),
)
_EBCDIC_XML = "<?xml".encode("cp037")
_LABEL = r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})"""
_META = re.compile(
    rf"<meta\b[^>]{{0,400}}?{_LABEL}".encode()
    + rb"""|<\?xml\b[^>]{0,80}?encoding\s*=\s*["']\s*([A-Za-z0-9_:.-]{2,40})""",
    re.IGNORECASE,
)
_PARAMETER = re.compile(_LABEL, re.IGNORECASE)
_META_BYTES = 4096
_TAG = re.compile(rb"<[A-Za-z!/?]")
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
_UNKNOWN_TO_PYTHON = {
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "x-x-big5": "big5hkscs",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-mac-cyrillic": "mac_cyrillic",
    "iso-8859-8-i": "iso8859-8",
    "windows-874": "cp874",
    "utf8mb4": "utf-8",
}
# No page is written in these; some take quadratic time and UTF-7 hides markup from filters.
_NEVER = {"utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "charmap"}
_ESCAPES = {"iso2022": b"\x1b", "hz": b"~{"}  # else such bytes are plain ASCII
_WIDE = ("utf-16", "utf-32")
_DETECTABLE = [
    "cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "cp1258", "iso8859_2", "iso8859_5", "iso8859_7", "cp874", "cp932", "euc_jp", "gb18030",
    "big5hkscs", "cp949",
]  # fmt: skip
# Sets that detection confuses with Windows-1252, unless a page says that it is in such a language.
_OTHER_LATIN = {"cp1250", "cp1254", "cp1257", "cp1258", "iso8859_2"}
_OTHER_LANGUAGE = re.compile(
    rb"""<html[^>]{0,300}\blang\s*=\s*["']?(?:pl|cs|sk|hu|hr|sl|ro|bs|sq|tr|az|lt|lv|et|vi)\b""",
    re.IGNORECASE,
)
_SPLIT_WORD = re.compile(r"[A-Za-z\u00c0-\u00ff][\u00a1-\u00bf\u00d7\u00f7][A-Za-z\u00c0-\u00ff]")
_SAMPLE_BYTES = 10_000
_MOST_BROKEN = 0.01  # characters, of a text that is damaged rather than misread


def decode_text(body: bytes, content_type: str = "") -> str:
    """The text of an HTML, XML or JSON body without its byte-order mark; never fails.

    Valid UTF-8 is taken for UTF-8 whatever was declared, because by chance it hardly occurs.
    A charset, also one that a byte-order mark names, in which the bytes are invalid is not
    believed, unless the damage is rare.
    """
    marked = next(((mark, name) for mark, name in _BOMS if body.startswith(mark)), None)
    if marked:
        body = body[len(marked[0]) :]
        text = body.decode(marked[1], "replace")
        if text.count("\ufffd") <= 1 + _MOST_BROKEN * len(text):
            return text
    declared = _declared(body, content_type)
    for name in (*_by_shape(body, declared), "utf-8", *declared):
        if (found := _strict(body, name)) is not None:
            return found
    if _mostly_utf8(body):
        return body.decode("utf-8", "replace")
    return _detected(body)


def _declared(body: bytes, content_type: str) -> list[str]:
    """The codecs that the header and the markup name, if bytes of this shape can be in them."""
    header = _PARAMETER.search(content_type)
    meta = _META.search(body[:_META_BYTES])
    labels = [header[1] if header else "", (meta[1] or meta[2]).decode("ascii") if meta else ""]
    names = [name for label in labels if (name := _codec(label))]
    is_ascii_like = len(_TAG.findall(body[:_META_BYTES])) > 1 and b"\0" not in body[:_META_BYTES]
    return [name for name in names if not (is_ascii_like and name.startswith(_WIDE))]


def _by_shape(body: bytes, declared: list[str]) -> list[str]:
    """Codecs whose bytes could be valid UTF-8 by accident, so that they come before it."""
    names = [name for name in declared if name.startswith(_WIDE)]
    for family, escape in _ESCAPES.items():
        names += [name for name in declared if name.startswith(family) and escape in body]
    head = body[: min(len(body), 400) // 4 * 4]
    if len(head) >= 4 and b"\0" in head:
        shares = [head[place::4].count(0) * 4 / len(head) for place in range(4)]
        for name, zeros in _ZEROS:
            if all((share > 0.7) == is_zero for share, is_zero in zip(shares, zeros, strict=True)):
                names.append(name)
    if body.startswith(_EBCDIC_XML):
        meta = _META.search(body[:200].decode("cp037").encode("ascii", "replace"))
        named = _codec(meta[2].decode("ascii")) if meta and meta[2] else None
        names += [named, "cp037"] if named else ["cp037"]
    return names


def _codec(label: str) -> str | None:
    try:
        codec = codecs.lookup(_UNKNOWN_TO_PYTHON.get(label.lower(), label)) if label else None
    except LookupError:
        return None
    if codec is None or codec.name in _NEVER or not getattr(codec, "_is_text_encoding", True):
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


def _detected(body: bytes) -> str:
    """Decode by what the stretches of text that are not ASCII look like."""
    stretches = (line for line in re.split(rb"[\r\n<>]", body) if not line.isascii())
    sample = b" ".join(stretches)[:_SAMPLE_BYTES]
    matches = from_bytes(sample, cp_isolation=_DETECTABLE) if sample else ()
    for match in matches:
        if (text := _strict(body, match.encoding)) is not None:
            is_doubtful = match.encoding in _OTHER_LATIN and not _OTHER_LANGUAGE.search(body)
            return (_western(body) if is_doubtful else None) or text
    return body.decode("cp1252", "replace")


def _western(body: bytes) -> str | None:
    """The text in Windows-1252, by far the likeliest Latin set, where no sign splits a word."""
    text = _strict(body, "cp1252")
    return text if text and not _SPLIT_WORD.search(text) else None
