"""What is asked for again, how often and when: what a look remembers of hosts, feeds and pages."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from core.home import Home
from core.landed import read_landed
from ingest.polls import next_interval
from tests.ingest.looks import (
    CLOSING,
    MORNING,
    NOON,
    asked,
    close,
    ends,
    known,
    landed,
    poll,
    replay,
    show,
    sources_with,
    story,
)
from tests.ingest.site import WORDS, Site, feed, page


def test_a_feed_that_has_not_changed_is_not_sent_again(
    home: Home, site: Site, sources: Path
) -> None:
    sent: list[str | None] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        sent.append(request.headers.get("If-None-Match"))
        if request.headers.get("If-None-Match") == '"v1"':
            return web.Response(status=304)
        return web.Response(
            body=feed(("https://one.test/a", "A")),
            headers={"ETag": '"v1"', "Last-Modified": "Fri, 16 Oct 2026 07:00:00 GMT"},
        )

    site.put("one.test", "/a", story("a"))
    site.answers["one.test", "/feed"] = answer
    poll(sources, MORNING)
    poll(sources, NOON)
    edition = close(sources, CLOSING)  # the closing look takes no server's word
    assert sent == [None, '"v1"', None]
    assert ends(edition) == {"a": "loaded"}
    assert read_landed(edition.landing, "source_report")["feed_status"].to_list() == ["ok"]


def test_an_etag_that_lied_once_is_not_trusted_again(home: Home, site: Site, sources: Path) -> None:
    sent: list[str | None] = []
    items = ["a"]

    async def answer(request: web.Request) -> web.StreamResponse:
        sent.append(request.headers.get("If-None-Match"))
        if request.headers.get("If-None-Match"):
            return web.Response(status=304)
        body = feed(*((f"https://one.test/{name}", name) for name in items))
        return web.Response(body=body, headers={"ETag": '"for-ever"'})

    for name in "abc":
        site.put("one.test", f"/{name}", story(name))
    site.answers["one.test", "/feed"] = answer
    poll(sources, MORNING)
    items.append("b")
    poll(sources, NOON)  # answered 304: b stays unseen until the unconditional look
    first = close(sources, CLOSING)
    assert ends(first) == {"a": "loaded", "b": "loaded"}
    items.append("c")
    second = poll(sources, CLOSING + timedelta(hours=3))
    assert sent == [None, '"for-ever"', None, None]
    assert second.is_closing is False
    assert asked(site, "/c") == 1
    assert [row["is_distrusted"] for row in known(home, "source")] == [True]


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_for_a_pause_gets_it_across_runs(
    home: Home, site: Site, sources: Path, status: int
) -> None:
    show(site, "a", "b", "c")
    site.put("one.test", "/a", "", status=status, Retry_After="7200")
    poll(sources, MORNING)
    assert asked(site, "/a") == 1
    assert asked(site, "/b") + asked(site, "/c") == 0  # left alone at once
    before = len(site.asked)
    poll(sources, MORNING + timedelta(hours=1))
    assert len(site.asked) == before  # not even the feed is asked for
    show(site, "d")
    for name in "abc":
        site.put("one.test", f"/{name}", story(name))
    later = poll(sources, MORNING + timedelta(hours=3))
    assert not later.is_closing
    edition = close(sources, CLOSING)
    assert ends(edition) == dict.fromkeys("abcd", "loaded")
    report = read_landed(edition.landing, "source_report").row(0, named=True)
    assert (report["looks"], report["failed_looks"]) == (4, 1)


def test_a_pause_that_outlasts_the_edition_defers_its_pages(
    home: Home, site: Site, sources: Path
) -> None:
    show(site, "a", "b")
    until = CLOSING + timedelta(hours=4)
    date = f"{until:%a, %d %b %Y %H:%M:%S} GMT"
    site.put("one.test", "/a", "", status=429, Retry_After=date)
    edition = close(sources, CLOSING)
    assert ends(edition) == {"a": "deferred", "b": "deferred"}
    [host] = known(home, "host")
    assert host["not_before"] == until
    before = landed(edition)
    assert all(one.equals(before[name]) for name, one in landed(replay(edition)).items())
    show(site)
    for name in "ab":
        site.put("one.test", f"/{name}", story(name))
    following = close(sources, CLOSING + timedelta(days=1))
    assert ends(following) == {"a": "loaded", "b": "loaded"}
    via = dict(read_landed(following.landing, "discovered").select("url", "via").rows())
    assert set(via.values()) == {"deferred"}


def test_a_short_pause_is_waited_for(home: Home, site: Site, tmp_path: Path) -> None:
    tries = []

    async def busy_once(_request: web.Request) -> web.StreamResponse:
        tries.append(1)
        if len(tries) == 1:
            return web.Response(status=503, headers={"Retry-After": "1"})
        return web.Response(text=story("a"), content_type="text/html")

    sources = sources_with(tmp_path, max_pause_seconds=2)
    show(site, "a")
    site.answers["one.test", "/a"] = busy_once
    assert ends(close(sources, CLOSING)) == {"a": "loaded"}
    assert len(tries) == 2


def test_an_answer_of_429_that_names_no_pause_is_not_asked_for_again_and_again(
    home: Home, site: Site, sources: Path
) -> None:
    show(site, "a", "b", "c")
    for name in "abc":
        site.put("one.test", f"/{name}", "", status=429, Retry_After="0")
    assert set(ends(close(sources, CLOSING)).values()) == {"deferred"}
    assert sum(asked(site, f"/{name}") for name in "abc") == 2


def test_a_page_that_failed_in_passing_is_asked_for_again_for_a_while(
    home: Home, site: Site, sources: Path
) -> None:
    show(site, "a", "b")
    site.put("one.test", "/a", "", status=502)
    site.put("one.test", "/b", "", status=404)
    poll(sources, MORNING)
    show(site, "c")
    site.put("one.test", "/a", story("a"))
    site.put("one.test", "/b", story("b"))
    edition = close(sources, CLOSING)
    assert ends(edition) == {"a": "loaded", "b": "fetch_failed", "c": "loaded"}
    assert asked(site, "/b") == 1


def test_a_page_is_looked_at_again_and_its_new_wording_is_kept_beside_the_old(
    home: Home, site: Site, tmp_path: Path
) -> None:
    sources = sources_with(tmp_path, recheck_after_hours=[24, 72])
    show(site, "a", "b", "c")
    first = close(sources, CLOSING)
    texts = read_landed(first.landing, "article").select("url", "version_id")
    show(site)
    site.put("one.test", "/a", page("Story a", "Correction: " + WORDS * 4))
    site.put("one.test", "/b", story("b"))
    site.put("one.test", "/c", "", status=410)
    second = close(sources, CLOSING + timedelta(days=1))
    assert ends(second) == {"a": "loaded", "b": "unchanged", "c": "not_an_article"}
    [changed] = read_landed(second.landing, "article").iter_rows(named=True)
    assert changed["url"].endswith("/a")
    assert changed["version_id"] not in texts["version_id"].to_list()
    [gone] = read_landed(second.landing, "removal").iter_rows(named=True)
    ids = dict(read_landed(first.landing, "article").select("url", "article_id").rows())
    assert (gone["article_id"], gone["http_status"]) == (ids["https://one.test/c"], 410)
    assert gone["is_removed"]

    site.put("one.test", "/c", story("c"))
    third = close(sources, CLOSING + timedelta(days=3))
    [back] = read_landed(third.landing, "removal").iter_rows(named=True)
    assert not back["is_removed"]
    fourth = close(sources, CLOSING + timedelta(days=4))
    assert ends(fourth) == {}  # looked at after a day and after three, then no more


def test_two_wordings_within_one_edition_are_both_landed(
    home: Home, site: Site, tmp_path: Path
) -> None:
    sources = sources_with(tmp_path, recheck_after_hours=[3])
    show(site, "a")
    poll(sources, MORNING)
    site.put("one.test", "/a", page("Story a", "It was otherwise. " + WORDS * 4))
    poll(sources, NOON)
    edition = close(sources, CLOSING)
    assert ends(edition) == {"a": "loaded"}
    articles = read_landed(edition.landing, "article")
    assert articles["article_id"].n_unique() == 1
    assert articles["version_id"].n_unique() == 2
    before = landed(edition)
    assert all(one.equals(before[name]) for name, one in landed(replay(edition)).items())


def test_a_robots_txt_that_cannot_be_had_is_stood_in_for_by_a_young_copy(
    home: Home, site: Site, sources: Path
) -> None:
    site.put("one.test", "/robots.txt", "User-agent: *\nDisallow: /b\n", kind="text/plain")
    show(site, "a", "b")
    poll(sources, MORNING)
    site.put("one.test", "/robots.txt", "", status=500)
    show(site, "a", "b", "c")
    within = poll(sources, MORNING + timedelta(hours=20))
    assert not within.is_closing
    assert [asked(site, path) for path in ("/a", "/b", "/c")] == [1, 0, 1]
    show(site, "d")
    edition = close(sources, MORNING + timedelta(hours=25))
    report = read_landed(edition.landing, "source_report")
    assert report["feed_status"].to_list() == ["unreachable"]
    assert asked(site, "/d") == 0


def test_the_interval_follows_how_much_was_new() -> None:
    assert next_interval(None, 1) == 60
    assert next_interval(60, 1.0) == 15
    assert next_interval(15, 1.0) == 15
    assert next_interval(60, 0.5) == 30
    assert next_interval(60, 0.2) == 60
    assert next_interval(60, 0.0) == 90
    assert next_interval(1_300, 0.0) == 24 * 60


def test_the_interval_is_kept_in_the_state(home: Home, site: Site, sources: Path) -> None:
    show(site, "a")
    poll(sources, MORNING)
    poll(sources, MORNING + timedelta(hours=1))
    [row] = known(home, "source")
    assert row["interval_minutes"] == 90
    assert isinstance(row["not_before"], datetime)
    assert row["not_before"] - row["fetched_at"] == timedelta(minutes=90)


def test_a_look_fetches_from_no_more_hosts_than_allowed(
    home: Home, site: Site, tmp_path: Path
) -> None:
    sources = sources_with(tmp_path, max_hosts=3)
    items = [(f"https://{name}.test/{name}", name) for name in "abc"]
    site.put("one.test", "/feed", feed(*items), kind="application/rss+xml")
    for name in "abc":
        site.put(f"{name}.test", f"/{name}", story(name))
    assert ends(close(sources, CLOSING)) == {"a": "loaded", "b": "loaded", "c": "deferred"}
    assert ("c.test", "/robots.txt") not in site.asked
    show(site)  # what was deferred is found again although no feed shows it any more
    assert ends(close(sources, CLOSING + timedelta(days=1))) == {"c": "loaded"}


def test_redirects_count_among_the_hosts_of_a_look(home: Home, site: Site, tmp_path: Path) -> None:
    sources = sources_with(tmp_path, max_hosts=3)
    show(site, *"abcdef")
    for name in "abcdef":
        site.redirect("one.test", f"/{name}", f"https://{name}.test/")
        site.put(f"{name}.test", "/", story(name))
    settled = ends(close(sources, CLOSING))
    assert sorted(settled.values()) == ["deferred"] * 4 + ["loaded"] * 2
    assert len({host for host, _ in site.asked}) == 3
