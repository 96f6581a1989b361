"""Charsets: declared, lying, missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.charset import decode_text

GERMAN = "Über die Straße führt ein alter Weg, größer als früher, schöner auch. " * 5
JAPANESE = "人工知能と著作権をめぐる議論が続いている。新しい法律はまだ決まっていない。" * 5


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (GERMAN.encode(), "text/html; charset=utf-8"),
        (GERMAN.encode(), "text/html; charset=iso-8859-1"),  # a lie
        (GERMAN.encode(), ""),
        (GERMAN.encode("cp1252"), "text/html; charset=ISO-8859-1"),
        (GERMAN.encode("cp1252"), "text/html; charset=utf-8"),  # a lie
        (b"<meta charset='windows-1252'>" + GERMAN.encode("cp1252"), "text/html"),
        (b"\xef\xbb\xbf" + GERMAN.encode(), "text/html; charset=ascii"),
        (b"\xff\xfe" + GERMAN.encode("utf-16-le"), ""),
        (JAPANESE.encode("shift_jis"), "text/html; charset=Shift_JIS"),
        (JAPANESE.encode("iso2022_jp"), "text/html; charset=iso-2022-jp"),
        (b'<?xml version="1.0" encoding="EUC-JP"?>' + JAPANESE.encode("euc_jp"), ""),
        (GERMAN.encode(), "text/html; charset=no-such-charset"),
    ],
)
def test_the_text_is_found(body: bytes, header: str) -> None:
    text = decode_text(body, header)
    assert GERMAN in text or JAPANESE in text


def test_a_damaged_utf8_page_stays_utf8() -> None:
    body = GERMAN.encode() + b"\xff\xfe broken " + GERMAN.encode()
    text = decode_text(body, "text/html; charset=utf-8")
    assert text.count("Straße") == 10


@given(
    st.binary(max_size=300), st.sampled_from(["", "charset=utf-8", "charset=big5", "charset=hex"])
)
def test_no_bytes_make_it_fail(body: bytes, header: str) -> None:
    assert isinstance(decode_text(body, header), str)
