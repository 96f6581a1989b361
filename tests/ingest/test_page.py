"""Pages: what they say, and why some of them are no articles."""

from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.identity import clean_text
from ingest.page import (
    Article,
    NotAnArticleError,
    article_of_text,
    extract_html,
    extract_page,
    without_title,
)
from ingest.reservations import header_lines
from tests.ingest.site import WORDS, page

CUTOFF = datetime(2026, 10, 16, 5)
URL = "https://a.test/news/hall"
LONG = WORDS * 4


def extract(html: str | bytes, content_type: str = "text/html") -> Article:
    body = html.encode() if isinstance(html, str) else html
    return extract_page(body, {"content-type": content_type}, URL, "UTC", CUTOFF)


def test_title_text_authors_language_and_date() -> None:
    head = """<meta name="author" content="Ada Lovelace"><script type="application/ld+json">
      {"@type": "NewsArticle", "headline": "The hall", "datePublished": "2026-10-15T08:00:00Z"}
      </script>"""
    article = extract(page("The hall waits", LONG, head))
    assert "hall" in article.title.lower()
    assert article.text.count("The council met on Monday") >= 1
    assert article.authors == ["Ada Lovelace"]
    assert article.language == "en"
    assert article.word_count == len(article.text.split())
    assert article.candidates[0].moment.value == datetime(2026, 10, 15, 8)
    assert (article.genre, article.origin, article.is_truncated) == ("news", "own", False)


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", "text/html", "empty body"),
        (b" \n ", "text/html", "empty body"),
        (bytes(range(256)) * 20, "text/html", "not text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "text/html; charset=utf-8", "not text"),
        (b"%PDF-1.4", "application/pdf", "content type application/pdf"),
        (
            page("Short", "Nine words are not enough to be called news.").encode(),
            "text/html",
            "fewer",
        ),
    ],
)
def test_what_is_no_article(body: bytes, content_type: str, reason: str) -> None:
    with pytest.raises(NotAnArticleError, match=reason):
        extract(body, content_type)


@pytest.mark.parametrize(
    ("href", "canonical"),
    [
        ("https://a.test/news/hall?utm_source=x", "https://a.test/news/hall"),
        ("https://www.a.test/news/the-hall", "https://www.a.test/news/the-hall"),
        ("/news/the-hall#top", "https://a.test/news/the-hall"),
        ("https://elsewhere.test/news/hall", None),  # somebody else's page
        ("https://a.test/", None),  # the front page is no article
        ("https://a.test/index.html?from=hall", None),
        ("https://atest/news/hall", None),
        ("//a.test/news/the-hall", "https://a.test/news/the-hall"),
        ("javascript:void(0)", None),
        ("https://user:secret@a.test/news/hall", None),
        ("", None),
    ],
)
def test_rel_canonical(href: str, canonical: str | None) -> None:
    head = f'<link rel="canonical" href="{href}">'
    assert extract(page("The hall waits", LONG, head)).canonical == canonical


def test_several_canonical_links() -> None:
    def canonical(*hrefs: str, rel: str = "canonical") -> str | None:
        links = "".join(f'<link rel="{rel}" href="{href}">' for href in hrefs)
        return extract(page("The hall waits", LONG, links)).canonical

    one, other = "https://a.test/news/the-hall", "https://a.test/news/another"
    assert canonical(one, "/news/the-hall#top", "", "javascript:x", rel="Canonical nofollow") == one
    assert canonical(one, other) is None
    linked = page("The hall", LONG, f'<link rel="canonical" href="{one}">')
    for address in ("", "no address", "record:7"):
        assert extract_html(linked, address, "UTC", CUTOFF).canonical is None


def test_the_text_is_nfc_without_control_characters() -> None:
    text = extract(page("Cafe\u0301 \x07 opens", LONG.replace("hall", "cafe\u0301\x0b"))).text
    assert text == clean_text(text)
    assert "café" in text


def test_reservations_are_read_from_meta_and_headers() -> None:
    plain = page("The hall waits", LONG)
    marked = page("The hall waits", LONG, '<meta name="tdm-reservation" content="1">')
    assert extract(marked).tdm_reserved
    headers = {"content-type": "text/html", "x-robots-tag": "noai", "tdm-reservation": "1"}
    article = extract_page(plain.encode(), headers, URL, "UTC", CUTOFF)
    assert article.forbids_ai
    assert article.tdm_reserved
    assert not extract(plain).forbids_ai
    for tag in ('name="ROBOTS"', 'http-equiv="X-Robots-Tag"', 'name="GPTBot"'):
        assert extract(page("The hall waits", LONG, f'<meta {tag} content="noai">')).forbids_ai
    assert not extract(page("The hall waits", LONG, "<meta><meta name='robots'>")).forbids_ai


def test_several_header_lines_of_one_name_stay_apart() -> None:
    lines = [("X-Robots-Tag", "otherbot: noindex"), ("x-robots-tag", "noai"), ("A", "b")]
    body = page("The hall waits", LONG).encode()
    assert extract_page(body, header_lines(lines), URL, "UTC", CUTOFF).forbids_ai
    assert not extract_page(body, header_lines(lines[:1]), URL, "UTC", CUTOFF).forbids_ai
    told_us = header_lines([("X-Robots-Tag", "broadsheet: noai")])
    assert extract_page(body, told_us, URL, "UTC", CUTOFF, agent="Broadsheet").forbids_ai
    assert not extract_page(body, told_us, URL, "UTC", CUTOFF).forbids_ai


def test_genre_and_origin_come_with_what_spoke_for_them() -> None:
    body = page("The hall waits", f"LONDON (AP) - {LONG}").encode()
    article = extract_page(body, {}, URL, "UTC", CUTOFF, categories=["Culture", "Reviews"])
    assert (article.genre, article.genre_method) == ("review", "feed")
    assert (article.origin, article.origin_method) == ("agency", "dateline")
    section = '<meta property="article:section" content="Meinung">'
    article = extract(page("The hall waits", LONG, section))
    assert (article.genre, article.genre_method) == ("opinion", "section")
    assert (article.origin, article.origin_method) == ("unknown", "default")
    text = article_of_text("Review: The hall", LONG, ["Reuters"], URL)
    assert (text.genre, text.genre_method) == ("review", "title")
    assert (text.origin, text.origin_method) == ("agency", "byline")


def test_authors_of_json_ld_stand_in_for_a_missing_byline() -> None:
    head = """<script type="application/ld+json">{"@type": "NewsArticle",
      "author": [{"name": "Ada  Lovelace"}, {"name": ""}, {}]}</script>"""
    assert extract(page("The hall waits", LONG, head)).authors == ["Ada Lovelace"]


def test_a_paywalled_start_is_truncated() -> None:
    head = """<script type="application/ld+json">{"@type": "NewsArticle",
      "isAccessibleForFree": false, "wordCount": 2000}</script>"""
    assert extract(page("The hall waits", LONG, head)).is_truncated


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=400))
def test_no_text_makes_it_fail(noise: str) -> None:
    with suppress(NotAnArticleError):
        extract_html(f"<html><body><p>{noise}</p><p>{LONG}</p></body></html>", URL, "UTC", CUTOFF)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("A “Title”, twice\nThe first sentence.", "The first sentence."),
        ("Another line\nThe first sentence.", "Another line\nThe first sentence."),
        ("Culture\nA title, twice\nOne.\nTwo.\nThree.", "One.\nTwo.\nThree."),
        (
            "A line of five words\nA title, twice\nOne.",
            "A line of five words\nA title, twice\nOne.",
        ),
        ("A title, twice", "A title, twice"),
        ("…\nThe first sentence.", "…\nThe first sentence."),
    ],
)
def test_a_first_line_that_repeats_the_title_is_left_out(text: str, left: str) -> None:
    assert without_title(text, "A title, twice") == left
    assert without_title("…\nbody", "—") == "…\nbody"
