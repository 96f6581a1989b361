"""The sample newsroom agrees with itself: feeds, sitemaps, pages and expected.yml."""

import json
import re
import urllib.error
import urllib.request
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
import yaml
from lxml import etree, html

from core.config import PROJECT_ROOT

SAMPLES = PROJECT_ROOT / "samples"
SITE = SAMPLES / "site"
FEEDS = {
    "albion-post": "http://www.albionpost.example/rss.xml",
    "reel-ledger": "http://reelledger.example/feed/atom.xml",
    "kazi-na-biashara": "http://kazinabiashara.example/rss.xml",
    "taktwerk": "http://taktwerk.example/feed.json",
}
SITEMAPS = {
    "albion-post": "http://www.albionpost.example/sitemap-news.xml",
    "taktwerk": "http://taktwerk.example/sitemap-news.xml",
}
SITEMAP_NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
}
EXPECTED: dict[str, Any] = yaml.safe_load((SAMPLES / "expected.yml").read_text("utf-8"))
URLS: dict[str, dict[str, Any]] = EXPECTED["urls"]
LOADED = {url: row for url, row in URLS.items() if row["disposition"] == "loaded"}


def local_bytes(url: str) -> bytes:
    parts = urlsplit(url)
    base = SITE / parts.netloc / parts.path.lstrip("/")
    candidates = (base, base.with_name(f"{base.name}.html"), base / "index.html")
    return next(one for one in candidates if one.is_file()).read_bytes()


def feed_urls(source_id: str) -> list[str]:
    data = local_bytes(FEEDS[source_id])
    if FEEDS[source_id].endswith(".json"):
        return [item["url"] for item in json.loads(data)["items"]]
    parsed = feedparser.parse(data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return [entry.link for entry in parsed.entries]


def sitemap_urls(source_id: str) -> list[str]:
    root = etree.fromstring(local_bytes(SITEMAPS[source_id]))
    assert all(
        url.xpath("n:news/n:publication_date", namespaces=SITEMAP_NAMES)
        for url in root.xpath("s:url", namespaces=SITEMAP_NAMES)
    )
    return [str(text) for text in root.xpath("s:url/s:loc/text()", namespaces=SITEMAP_NAMES)]


def page(url: str) -> html.HtmlElement:
    return html.fromstring(local_bytes(url))


def words_of(url: str) -> str:
    return " ".join(
        " ".join(page(url).xpath("//article//text() | //div[@id='story']//text()")).split()
    )


@pytest.mark.parametrize("source_id", FEEDS)
def test_expected_covers_every_listed_url_of_an_outlet(source_id: str) -> None:
    from_feed = feed_urls(source_id)
    from_sitemap = sitemap_urls(source_id) if source_id in SITEMAPS else []
    assert len(from_feed) == len(set(from_feed))
    expected = {url for url, row in URLS.items() if row["source"] == source_id}
    assert {*from_feed, *from_sitemap} == expected


def test_one_article_stands_only_in_a_sitemap() -> None:
    only = {
        url for source in SITEMAPS for url in set(sitemap_urls(source)) - set(feed_urls(source))
    }
    assert [urlsplit(url).path.rsplit("/", 1)[-1] for url in only] == [
        "getty-stability-what-the-judgment-left-open"
    ]


def test_the_counts_of_dispositions_add_up() -> None:
    assert Counter(row["disposition"] for row in URLS.values()) == EXPECTED["dispositions"]


@pytest.mark.parametrize("url", LOADED)
def test_a_page_to_load_is_an_article(url: str) -> None:
    assert 180 <= len(words_of(url).split()) <= 480
    assert page(url).xpath("//h1")
    canonical = page(url).xpath("//link[@rel='canonical']/@href")
    assert canonical == [LOADED[url].get("canonical", url)]
    assert "A sample outlet of the Broadsheet project" in page(url).text_content()


def test_dates_lie_within_the_window_and_on_the_outlets_day() -> None:
    edition: date = EXPECTED["edition"]
    cutoff: datetime = EXPECTED["cutoff"]
    for url, row in LOADED.items():
        assert edition - timedelta(days=14) <= row["published_day"] <= edition, url
        if "published_at" in row:
            assert cutoff - timedelta(days=14) <= row["published_at"] < cutoff, url
        stamp = re.search(rb'(?:"datePublished": ?|datetime=)"([^"]+)"', local_bytes(url))
        assert stamp is not None, url
        written = datetime.fromisoformat(stamp[1].decode())
        assert written.date() == row["published_day"], url
        assert written.tzinfo is None or written.astimezone(UTC) == row["published_at"], url


def test_a_day_differs_between_the_outlet_and_utc() -> None:
    assert any(
        row["published_at"].date() != row["published_day"]
        for row in LOADED.values()
        if "published_at" in row
    )


@pytest.mark.parametrize("seed", EXPECTED["seed"], ids=lambda seed: urlsplit(seed["url"]).path)
def test_a_seed_sentence_stands_in_its_article(seed: dict[str, Any]) -> None:
    text = words_of(seed["url"])
    assert seed["sentence"] in text
    if "amazon" in seed.get("absent_entities", []):
        assert re.findall(r"Amazon(?! MGM Studios)", text) == []


def test_every_development_is_told_by_two_owners() -> None:
    owner = {"albion-post": "harrow-fenwick", "reel-ledger": "harrow-fenwick"}
    tellers: dict[str, set[str]] = {}
    for seed in EXPECTED["seed"]:
        source = URLS[seed["url"]]["source"]
        tellers.setdefault(seed["theme"], set()).add(owner.get(source, source))
    assert {theme: len(owners) >= 2 for theme, owners in tellers.items()} == {
        "creative-control": True,
        "data-centre-labour": True,
        "employee-data-privacy": True,
    }


def test_the_agency_text_is_one_text_under_three_headlines() -> None:
    report = "BRUSSELS — About one in three collective agreements"
    urls = EXPECTED["syndicated"]
    assert len({URLS[url]["source"] for url in urls}) == 3
    assert len({page(url).xpath("string(//h1)") for url in urls}) == 3
    bodies = {
        tuple(str(p.text_content()) for p in page(url).xpath("//p"))[first : first + 7]
        for url in urls
        for first, p in enumerate(page(url).xpath("//p"))
        if str(p.text_content()).startswith(report)
    }
    assert len(bodies) == 1


def test_the_site_answers_as_expected(sample_site: str) -> None:
    """One real request for each listed URL, by the server that a run uses."""
    for url, row in URLS.items():
        parts = urlsplit(url)
        request = urllib.request.Request(
            f"http://{sample_site}{parts.path}", headers={"Host": parts.netloc}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                status, body = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, body = error.code, b""
        assert status == (404 if row["disposition"] == "fetch_failed" else 200), url
        if row["disposition"] == "not_an_article":
            assert not body or b"\0" in body, url


def test_robots_forbid_what_is_listed_all_the_same() -> None:
    disallowed = [url for url, row in URLS.items() if row["disposition"] == "robots_disallowed"]
    robots = local_bytes("http://www.albionpost.example/robots.txt").decode()
    assert len(disallowed) == 1
    assert "Disallow: /subscriber/" in robots
    assert urlsplit(disallowed[0]).path.startswith("/subscriber/")
