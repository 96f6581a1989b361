"""Cases of bodies: compressed bombs, codings that lie, charsets that are wrong or absent."""

import gzip
import zlib
from functools import cache

import brotli  # type: ignore[import-untyped]

from tests.support.hostile.cases import Case, add, fixed, page, story
from tests.support.hostile.server import Line

_MEGABYTE = 1 << 20
_MARKUP = b"<p> " * (_MEGABYTE // 4)


def _deflated(megabytes: int) -> bytes:
    """Raw deflate of so much markup; made from one block, since a full flush forgets what was."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(_MARKUP) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * megabytes + packer.flush()


def gzip_bomb() -> bytes:
    """2 GB of markup in one member of 2 MB; nobody gets as far as its wrong sum."""
    return bytes.fromhex("1f8b08000000000002ff") + _deflated(2_000) + bytes(8)


@cache
def _brotli_bomb() -> bytes:
    packer = brotli.Compressor(quality=1)
    pieces: list[bytes] = [packer.process(_MARKUP) for _ in range(100)]
    return b"".join([*pieces, packer.finish()])


def _zstd_bomb() -> bytes:
    """Blocks that each say: repeat this byte 128 Ki times."""
    header = bytes.fromhex("28b52ffd") + bytes([0x00, 0x58])
    blocks = 8 * 1_000
    each = (1 << 1 | 0x20000 << 3).to_bytes(3, "little") + b"x"
    last = (1 | 1 << 1 | 0x20000 << 3).to_bytes(3, "little") + b"x"
    return header + each * (blocks - 1) + last


def _coded(name: str, status: str, reason: str, coding: str, body: bytes, text: str = "") -> None:
    answer = fixed(body, f"Content-Encoding: {coding}")
    add(Case(name, "page", status, reason, answer, text=text))


@page("too_large", "decoded")
async def gzip_bomb_of_2_gb(line: Line, _times: int) -> None:
    await line.answer(gzip_bomb(), "Content-Encoding: gzip")


@page("too_large", "decoded")
async def gzip_bomb_in_gzip(line: Line, _times: int) -> None:
    await line.answer(gzip.compress(gzip_bomb()), "Content-Encoding: gzip, gzip")


@page("too_large", "decoded")
async def gzip_bomb_of_a_million_members(line: Line, _times: int) -> None:
    await line.answer(gzip.compress(b"<p> " * 256) * 100_000, "Content-Encoding: gzip")


@page("too_large", "decoded")
async def deflate_bomb(line: Line, _times: int) -> None:
    await line.answer(b"\x78\xda" + _deflated(2_000), "Content-Encoding: deflate")


@page("too_large", "decoded")
async def deflate_bomb_without_a_header(line: Line, _times: int) -> None:
    await line.answer(_deflated(2_000), "Content-Encoding: deflate")


@page("too_large", "decoded")
async def brotli_bomb(line: Line, _times: int) -> None:
    await line.answer(_brotli_bomb(), "Content-Encoding: br")


_PLAIN = story("a coded page").encode()
_coded("zstd_bomb", "extract_failed", "unknown content coding", "zstd", _zstd_bomb())
_coded("coding_unknown", "extract_failed", "unknown content coding", "x-own", _PLAIN)
_coded("coding_ten_times", "extract_failed", "more than three", ", ".join(["gzip"] * 10), _PLAIN)
_coded("coding_that_is_none", "loaded", "", "identity", _PLAIN, "a coded page")
_coded("gzip_that_is_none", "extract_failed", "not valid gzip", "gzip", _PLAIN)
_coded("brotli_that_is_none", "extract_failed", "not valid br", "br", _PLAIN)
_coded("deflate_that_is_none", "extract_failed", "not valid deflate", "deflate", _PLAIN)
_coded("gzip_cut_short", "extract_failed", "cut short", "gzip", gzip.compress(_PLAIN)[:-40])
_coded("brotli_cut_short", "extract_failed", "cut short", "br", brotli.compress(_PLAIN)[:-9])
_coded(
    "gzip_with_a_wrong_sum", "extract_failed", "gzip", "gzip", gzip.compress(_PLAIN)[:-8] + b"x" * 8
)
_coded("gzip_with_a_tail", "loaded", "", "gzip", gzip.compress(_PLAIN) + b"\0" * 99, "a coded page")
_coded("deflate_raw", "loaded", "", "deflate", zlib.compress(_PLAIN, wbits=-15), "a coded page")
_coded("gzip_of_nothing", "not_an_article", "empty", "gzip", gzip.compress(b""))

# Charsets ---------------------------------------------------------------------------------

_RUSSIAN = "Совет гавани собрался во вторник, чтобы узнать, кто заплатит за новый шлюз. " * 6
_FRENCH = "Le conseil s’est réuni à l’été pour étudier le coût de l’écluse près du marché. " * 6


def _in_charset(
    name: str, words: str, written: str, header: str = "", meta: str = "", bom: bytes = b""
) -> None:
    head = f'<meta charset="{meta}">' if meta else ""
    body = bom + story("a charset", head, f"<p>{words}</p>").encode(written)
    kind = f"text/html; charset={header}" if header else "text/html"
    add(Case(f"charset_{name}", "page", "loaded", "", fixed(body, kind=kind), text=words[:40]))


_in_charset("lies_in_header", _RUSSIAN, "cp1251", header="utf-8", meta="windows-1251")
_in_charset("lies_in_meta", _RUSSIAN, "cp1251", header="windows-1251", meta="utf-8")
_in_charset("lies_twice", _RUSSIAN, "cp1251", header="utf-8", meta="utf-8")
_in_charset("says_latin_1_of_utf_8", _FRENCH, "utf-8", header="iso-8859-1")
_in_charset("says_latin_1_of_windows", _FRENCH, "cp1252", header="iso-8859-1")
_in_charset("missing", _RUSSIAN, "cp1251")
_in_charset("unknown", _FRENCH, "utf-8", header="klingon-8", meta="x-none")
_in_charset("is_a_codec_of_bytes", _FRENCH, "utf-8", header="rot13", meta="zip")
_in_charset("is_a_path", _FRENCH, "utf-8", header="../../etc/passwd")
_in_charset("utf_16_with_a_mark", _RUSSIAN, "utf-16-le", header="utf-8", bom=b"\xff\xfe")
_in_charset("utf_16_big_with_a_mark", _RUSSIAN, "utf-16-be", bom=b"\xfe\xff")
_in_charset("utf_16_without_a_mark", _RUSSIAN, "utf-16-le", header="utf-16le")
_in_charset("utf_16_that_is_ascii", _FRENCH, "utf-8", header="utf-16")
_in_charset("utf_8_with_a_mark", _FRENCH, "utf-8", header="windows-1252", bom=b"\xef\xbb\xbf")
_in_charset(
    "shift_jis",
    "港の理事会は火曜日に集まり、新しい水門の費用を聞いた。" * 8,
    "cp932",
    meta="shift_jis",
)
_in_charset(
    "gb18030", "港务局星期二开会，听取新闸门的费用如何支付的报告。" * 8, "gb18030", meta="gb2312"
)


@page("loaded", text="every other")
async def charset_of_a_damaged_page(line: Line, _times: int) -> None:
    body = story("a damaged page", "", f"<p>{_FRENCH}</p><p>Here every other byte broke.</p>")
    damaged = body.encode().replace("écluse".encode(), b"\xc3cluse", 1)
    await line.answer(damaged, kind="text/html; charset=utf-8")
