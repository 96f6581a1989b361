"""Charsets: declared, lying, missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.charset import decode_text

GERMAN = "Über die Straße führt ein alter Weg, größer als früher, schöner auch. " * 5
JAPANESE = "人工知能と著作権をめぐる議論が続いている。新しい法律はまだ決まっていない。" * 5


RUSSIAN = "Правительство обсуждает новый закон об искусственном интеллекте и авторском праве. " * 3
ASCII = "<html><body><p>Plain words, and more of them.</p></body></html>"
META = "<html><head><META HTTP-EQUIV=Content-Type CONTENT='text/html; CHARSET={}'></head>"


def meta(label: str, text: str, codec: str) -> bytes:
    return (META.format(label) + text).encode(codec)


@pytest.mark.parametrize(
    ("body", "header", "text"),
    [
        # declared, or plain UTF-8
        (GERMAN.encode(), "text/html; charset=utf-8", GERMAN),
        (GERMAN.encode(), "", GERMAN),
        (GERMAN.encode("cp1252"), "text/html; charset=ISO-8859-1", GERMAN),
        (meta("windows-1252", GERMAN, "cp1252"), "text/html", GERMAN),
        (meta("koi8-r", RUSSIAN, "koi8-r"), "text/html", RUSSIAN),
        (JAPANESE.encode("shift_jis"), "text/html; charset=Shift_JIS", JAPANESE),
        (JAPANESE.encode("cp932"), "text/html; charset=x-sjis", JAPANESE),
        (JAPANESE.encode("iso2022_jp"), "text/html; charset=iso-2022-jp", JAPANESE),
        (b'<?xml version="1.0" encoding="EUC-JP"?>' + JAPANESE.encode("euc_jp"), "", JAPANESE),
        (f'<?xml version="1.0" encoding="cp037"?><a>{ASCII}</a>'.encode("cp037"), "", ASCII),
        # the byte-order mark wins
        (b"\xef\xbb\xbf" + GERMAN.encode(), "text/html; charset=ascii", GERMAN),
        (b"\xff\xfe" + GERMAN.encode("utf-16-le"), "", GERMAN),
        (b"\xfe\xff" + JAPANESE.encode("utf-16-be"), "text/html; charset=utf-8", JAPANESE),
        (b"\xff\xfe\0\0" + GERMAN.encode("utf-32-le"), "text/html; charset=utf-8", GERMAN),
        (b"\0\0\xfe\xff" + JAPANESE.encode("utf-32-be"), "", JAPANESE),
        # wide, without a mark
        (GERMAN.encode("utf-16-le"), "", GERMAN),
        (GERMAN.encode("utf-16-be"), "text/html; charset=utf-8", GERMAN),
        (GERMAN.encode("utf-32-be"), "", GERMAN),
        (JAPANESE.encode("utf-16-le"), "text/html; charset=utf-16", JAPANESE),
        # lies
        (GERMAN.encode(), "text/html; charset=iso-8859-1", GERMAN),
        (GERMAN.encode("cp1252"), "text/html; charset=utf-8", GERMAN),
        (meta("utf-8", RUSSIAN, "cp1251"), "text/html; charset=utf-8", RUSSIAN),
        (meta("utf-16", ASCII, "ascii"), "text/html", ASCII),
        (ASCII.encode(), "text/html; charset=utf-16", ASCII),
        (ASCII.encode(), "text/html; charset=iso-2022-jp", ASCII),
        (b"\xef\xbb\xbf" + GERMAN.encode("cp1252"), "text/html; charset=utf-8", GERMAN),
        (ASCII.encode() * 999 + RUSSIAN.encode("cp1251"), "text/html; charset=utf-8", RUSSIAN),
        # no charset for pages, and none at all
        (b"+ADw-script+AD4-", "text/html; charset=utf-7", "+ADw-script+AD4-"),
        (rb"\u0041\x41" + ASCII.encode(), "text/html; charset=unicode_escape", ASCII),
        (GERMAN.encode(), "text/html; charset=no-such-charset", GERMAN),
    ],
)
def test_the_text_is_found(body: bytes, header: str, text: str) -> None:
    found = decode_text(body, header)
    assert text in found
    assert "\ufeff" not in found


def test_a_script_that_names_a_charset_declares_nothing() -> None:
    body = b"<script charset=koi8-r src=/a.js></script><p>" + GERMAN.encode("cp1252")
    assert GERMAN in decode_text(body)


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp"),
        ("Η τεχνητή νοημοσύνη αλλάζει την εργασία στις βιομηχανίες και τα μέσα. ", "cp1253"),
        ("الحكومة تناقش قانونا جديدا بشأن الذكاء الاصطناعي وحقوق التأليف. ", "cp1256"),
        ("הממשלה דנה בחוק חדש על בינה מלאכותית וזכויות יוצרים. ", "cp1255"),
        ("Zażółć gęślą jaźń, powiedział minister, że będzie świetną szansą. ", "cp1250"),
        ("人工智能公司与出版商之间的版权纠纷仍在继续，新的法律尚未确定。", "gb18030"),
        ("인공지능 기업과 출판사 사이의 저작권 분쟁이 계속되고 있다. ", "cp949"),
    ],
)  # fmt: skip
def test_an_undeclared_charset_is_detected(text: str, codec: str) -> None:
    assert text in decode_text(b"<html><p>" + (text * 4).encode(codec) + b"</p></html>")


def test_a_damaged_utf8_page_stays_utf8() -> None:
    body = GERMAN.encode() + b"\xff\xfe broken " + GERMAN.encode()
    text = decode_text(body, "text/html; charset=utf-8")
    assert text.count("Straße") == 10


@given(
    st.binary(max_size=300), st.sampled_from(["", "charset=utf-8", "charset=big5", "charset=hex"])
)
def test_no_bytes_make_it_fail(body: bytes, header: str) -> None:
    assert isinstance(decode_text(body, header), str)
