"""Canonical URLs: the laws, and the spellings that mean one page."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.urls import UrlRefusedError, canonical_url, host, same_site, without_fragment

PIECE = st.text(string.ascii_letters + string.digits + "-_.~%é ", max_size=8)
URLS = st.builds(
    lambda scheme, name, port, path, query, fragment: (
        f"{scheme}://{name}{port}/{'/'.join(path)}"
        f"?{'&'.join(f'{key}={value}' for key, value in query)}#{fragment}"
    ),
    st.sampled_from(["http", "https", "HTTP", "hTTps"]),
    st.sampled_from(["example.org", "WWW.Example.ORG", "bücher.example", "a.b.c.test."]),
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
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(UrlRefusedError):
        canonical_url(url)


def test_credentials_are_refused_and_not_repeated() -> None:
    with pytest.raises(UrlRefusedError) as refusal:
        canonical_url("https://user:secret@example.org/")
    assert "secret" not in str(refusal.value)


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
