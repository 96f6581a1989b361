"""Canonical URLs: the laws, and the spellings that mean one page."""

import string
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.urls import (
    MOST_CHARACTERS,
    UrlRefusedError,
    canonical_url,
    host,
    parse,
    same_site,
    without_credentials,
    without_fragment,
)

PIECE = st.text(string.ascii_letters + string.digits + "-_.~%é ", max_size=8) | st.lists(
    st.sampled_from(["%", "%2", "%41", "%7e", "%2F", "%c3%a9", "%2e", "4", "1", "/", "\\"]),
    max_size=6,
).map("".join)
URLS = st.builds(
    lambda scheme, name, port, path, query, fragment: (
        f"{scheme}://{name}{port}/{'/'.join(path)}"
        f"?{'&'.join(f'{key}={value}' for key, value in query)}#{fragment}"
    ),
    st.sampled_from(["http", "https", "HTTP", "hTTps"]),
    st.sampled_from(
        [
            "example.org",
            "WWW.Example.ORG",
            "bücher.example",
            "a.b.c.test.",
            "a..",
            "[::1]",
            "[2001:DB8:0:0::1]",
            "127.1",
            "0x7f.1.",
            "1.2.3.4..",
            "ex%41mple.org",
        ]
    ),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.lists(PIECE, max_size=4),
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "utm_source", "fbclid", "z"]), PIECE), max_size=5
    ),
    PIECE,
)


@given(URLS)
def test_a_canonical_url_is_its_own_canonical_url(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(URLS)
def test_no_fragment_tracker_or_default_port_is_left(url: str) -> None:
    canonical = canonical_url(url)
    assert "#" not in canonical
    assert "utm_" not in canonical.partition("?")[2]
    assert "fbclid" not in canonical
    assert ":80/" not in canonical or canonical.startswith("https")


@given(URLS, st.randoms())
def test_the_order_of_different_parameters_does_not_matter(url: str, chance: object) -> None:
    address, _, query = url.partition("#")[0].partition("?")
    by_name: dict[str, list[str]] = {}
    for piece in query.split("&"):
        by_name.setdefault(piece.partition("=")[0], []).append(piece)
    names = list(by_name)
    chance.shuffle(names)  # type: ignore[attr-defined]
    shuffled = "&".join(piece for name in names for piece in by_name[name])
    assert canonical_url(f"{address}?{shuffled}#") == canonical_url(url)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Example.ORG:80/a/../b?b=1&a=2&utm_source=x#top", "http://example.org/b?a=2&b=1"),
        ("https://example.org?fbclid=1", "https://example.org/"),
        ("https://example.org/a?x=2&x=1", "https://example.org/a?x=2&x=1"),
        (" https://bücher.example/ä \n", "https://xn--bcher-kva.example/%C3%A4"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://example.org../a", "https://example.org/a"),
        ("http://[2001:DB8:0:0::1]:80/", "http://[2001:db8::1]/"),
        ("https://例え.テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        ("https://FAẞ.example/", "https://xn--fa-hia.example/"),
        ("https://a.test/%c3%a9?q=%2f", "https://a.test/%C3%A9?q=%2F"),
        ("https://a.test/%7Eada/%41", "https://a.test/~ada/A"),
        ("https://a.test/%2%35/%%41", "https://a.test/%2%35/%%41"),
        ("https://a.test/x?utm%5Fsource=mail&id=1", "https://a.test/x?id=1"),
        ("https://a.test/x?&&a=1&", "https://a.test/x?a=1"),
        ("https://a.test/x???a", "https://a.test/x???a"),
        ("https://a.test/a\tb\n/c", "https://a.test/ab/c"),
        ("https:\\\\a.test\\b", "https://a.test/b"),
        ("https://@a.test/", "https://a.test/"),
    ],
)
def test_spellings(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


def test_a_relative_link_is_resolved_against_its_page() -> None:
    assert canonical_url("../b?c", "https://example.org/x/y/") == "https://example.org/x/b?c"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mailto:a@b.test",
        "ftp://example.org/a",
        "javascript:alert(1)",
        "http://",
        "http://[::g]/",
        "http://...",
        "http://1.2222222.3...",
        "http://a.test:99999/",
        "http://a b/",
        "http://\ud800/",
        "file:///etc/passwd",
        "https://a.test/" + "a" * MOST_CHARACTERS,
        "https://a.test/" + "é" * 2_000,
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(UrlRefusedError):
        canonical_url(url)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://user:secret@example.org/", None),
        ("https://secret@example.org/", None),
        ("https://:secret@example.org/", None),
        ("//user:secret@example.org/", "https://a.test/"),
        ("/page", "https://user:secret@example.org/"),
        ("https://user:secret@exa mple.org/", None),
        ("https://user:secret@example.org:port/", None),
        ("http://user%3Asecret@[::g]/", None),
    ],
)
def test_credentials_are_refused_and_never_repeated(url: str, base: str | None) -> None:
    for refuse in (canonical_url, parse):
        with pytest.raises(UrlRefusedError) as refusal:
            refuse(url, base)
        assert "secret" not in "".join(traceback.format_exception_only(refusal.value))
        assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@a.test/x?y", "https://a.test/x?y"),
        ("https://user:sec@secret@a.test/", "https://a.test/"),
        ("https:user:secret@a.test/", "https://a.test/"),
        ("https:\\\\user:secret@a.test/", "https://a.test/"),
        ("ht\ntps://user:\tsecret@a.test/", "https://a.test/"),
        ("//user:secret@a.test/", "//a.test/"),
        ("ftp://user:secret@a.test/", "ftp://a.test/"),
        ("https://user:sec/ret#secret@a.test/", "https://a.test/"),
        ("<https://user:secret@a.test/>", "<https://a.test/>"),
        ("mailto:ada@a.test", "mailto:ada@a.test"),
        ("https://a.test/plain", "https://a.test/plain"),
    ],
)
def test_a_refused_url_is_named_without_its_credentials(url: str, shown: str) -> None:
    assert without_credentials(url) == shown
    assert len(without_credentials(url + "x" * 9_000)) == 2_000


def test_the_requested_url_keeps_its_parameters_in_order() -> None:
    assert without_fragment("https://a.test/x?b=1&a=2#c") == "https://a.test/x?b=1&a=2"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.a.test/x", "https://a.test/y", True),
        ("https://amp.a.test/x", "https://www.a.test/y", True),
        ("https://news.a.test/x", "https://a.test/y", True),
        ("https://a.test/", "https://b.test/", False),
        ("https://nota.test/", "https://a.test/", False),
    ],
)
def test_same_site(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same
    assert same_site(other, one) is same


def test_the_unit_of_politeness_is_host_and_port() -> None:
    assert host("https://A.test:8443/x") == "a.test:8443"
    assert host("https://a.test.:443/x") == host("https://a.test/") == "a.test"
    assert host("http://[::1]:80/") == "[::1]"
