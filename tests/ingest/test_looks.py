"""Looks between editions, and what is remembered from one to the next, over real HTTP."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from aiohttp import web

from core.errors import HomeError
from core.home import Home
from core.landed import LANDED, read_landed, write_landed
from ingest.archive import ArchiveFiles, temporary
from ingest.collect import collect_shard
from ingest.polls import next_interval, remember
from tests.ingest.looks import DAY, close, ends, finish, known, plan_at, poll, replay
from tests.ingest.site import WORDS, Site, feed, page, serving, write_sources
from tests.support.conservation import closed_landings, lost_urls

MORNING, NOON, EVENING = (DAY + timedelta(hours=hour) for hour in (8, 12, 20))
CLOSING = DAY + timedelta(days=1, hours=5)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serving(Site()) as running:
        monkeypatch.setenv("BROADSHEET_LOCAL_SITE", running.address)
        yield running


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return sources_with(tmp_path)


def sources_with(folder: Path, **fetching: object) -> Path:
    one = {"id": "one", "entry_points": [{"kind": "feed", "url": "https://one.test/feed"}]}
    manners = {
        "min_gap_seconds": 0,
        "deadline_seconds": 5,
        "max_pause_seconds": 0.2,
        "recheck_after_hours": [],
    }
    return write_sources(folder / "s", one, fetching=manners | fetching)


def story(name: str) -> str:
    return page(f"Story {name}", f"{WORDS}It was about {name} and nothing else at all. " * 3)


def show(site: Site, *names: str, **headers: str) -> None:
    """A feed of these stories, whose pages are there."""
    items = [(f"https://one.test/{name}", f"Story {name}") for name in names]
    site.put("one.test", "/feed", feed(*items), kind="application/rss+xml", **headers)
    for name in names:
        site.put("one.test", f"/{name}", story(name))


def asked(site: Site, path: str) -> int:
    return [where for _, where in site.asked].count(path)


def landed(home_of: object) -> dict[str, pl.DataFrame]:
    folder = home_of.landing  # type: ignore[attr-defined]
    return {name: read_landed(folder, name) for name in LANDED if (folder / name).exists()}


def test_a_url_that_was_lost_or_settled_twice_is_noticed(
    home: Home, site: Site, sources: Path
) -> None:
    show(site, "a", "b")
    edition = close(sources, CLOSING)
    assert list(closed_landings(home.root)) == [edition.landing]
    assert lost_urls(edition.landing).is_empty()
    settled = read_landed(edition.landing, "disposition")
    for wrong in (settled.head(1), pl.concat([settled, settled.head(1)])):
        write_landed(wrong, edition.landing, "disposition", "all")
        assert lost_urls(edition.landing)["source_id"].to_list() == ["one"]
    write_landed(settled, edition.landing, "disposition", "all")


def test_what_scrolled_by_between_editions_is_in_the_edition(
    home: Home, site: Site, sources: Path
) -> None:
    show(site, "a", "b")
    poll(sources, MORNING)
    show(site, "c", "d")
    poll(sources, NOON)
    show(site, "d", "e")
    edition = close(sources, CLOSING)
    assert ends(edition) == dict.fromkeys("abcde", "loaded")
    assert asked(site, "/a") == asked(site, "/d") == 1
    report = read_landed(edition.landing, "source_report").row(0, named=True)
    assert (report["looks"], report["failed_looks"], report["lost_items"]) == (3, 0, True)
    seen = read_landed(edition.landing, "article").sort("url")["first_seen_at"].to_list()
    assert [moment.hour for moment in seen] == [8, 8, 12, 12, 5]

    before, requests = landed(edition), len(site.asked)
    after = landed(replay(edition))
    assert len(site.asked) == requests
    assert before.keys() == after.keys()
    assert all(after[table].equals(before[table]) for table in before)


def test_the_next_edition_knows_what_the_polls_and_the_last_one_loaded(
    home: Home, site: Site, sources: Path
) -> None:
    show(site, "a")
    poll(sources, MORNING)
    show(site, "a", "b")
    close(sources, CLOSING)
    show(site, "a", "b", "c")
    poll(sources, CLOSING + timedelta(hours=1))
    second = close(sources, CLOSING + timedelta(days=1))
    assert ends(second) == {"a": "unchanged", "b": "unchanged", "c": "loaded"}
    assert [asked(site, path) for path in ("/a", "/b", "/c")] == [1, 1, 1]


def test_a_poll_without_its_state_is_replayed_not_forgotten(
    home: Home, site: Site, sources: Path
) -> None:
    show(site, "a")
    poll(sources, MORNING, is_remembered=False)
    show(site, "b")
    poll(sources, NOON)
    show(site, "a", "b")
    edition = close(sources, CLOSING)
    assert ends(edition) == {"a": "loaded", "b": "loaded"}
    assert asked(site, "/a") == asked(site, "/b") == 1


def test_a_poll_killed_half_way_loses_nothing(home: Home, site: Site, sources: Path) -> None:
    show(site, "a", "b", "c")
    killed = poll(sources, MORNING, is_remembered=False)
    files = ArchiveFiles(killed.archive, "one")
    files.ledger.rename(temporary(files.ledger))  # as if killed before the last rename
    whole = files.warc(0).read_bytes()
    files.warc(0).rename(temporary(files.warc(0)))
    temporary(files.warc(0)).write_bytes(whole[:-10])  # in the middle of the last page
    show(site, "d")  # a, b and c are in no feed any more
    for name in "abc":
        site.put("one.test", f"/{name}", story(name))
    poll(sources, NOON)
    edition = close(sources, CLOSING)
    assert ends(edition) == dict.fromkeys("abcd", "loaded")
    assert sorted(asked(site, f"/{name}") for name in "abc") == [1, 1, 2]


def test_a_task_tried_again_goes_on_where_it_was_killed(
    home: Home, site: Site, sources: Path
) -> None:
    show(site, "a", "b")
    run = plan_at(sources, CLOSING, closing=True)
    collect_shard(run.run_id, run.shards[0].model_dump())
    files = ArchiveFiles(run.archive, "one")
    files.ledger.rename(temporary(files.ledger))
    whole = files.warc(0).read_bytes()
    files.warc(0).rename(temporary(files.warc(0)))
    temporary(files.warc(0)).write_bytes(whole[:-10])
    finish(run)
    assert ends(run) == {"a": "loaded", "b": "loaded"}
    assert asked(site, "/feed") == 1
    assert asked(site, "/a") + asked(site, "/b") == 3


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


def two_sources(folder: Path) -> Path:
    points = {name: [{"kind": "feed", "url": f"https://{name}.test/feed"}] for name in ("aa", "bb")}
    manners = {"min_gap_seconds": 0, "deadline_seconds": 5, "recheck_after_hours": []}
    return write_sources(
        folder / "s",
        *({"id": name, "entry_points": points[name]} for name in points),
        fetching=manners,
    )


def test_a_shard_killed_beside_one_that_was_remembered_loses_nothing(
    home: Home, site: Site, tmp_path: Path
) -> None:
    sources = two_sources(tmp_path)
    for name in ("aa", "bb"):
        items = [(f"https://{name}.test/{name}{n}", f"Story {n}") for n in range(2)]
        site.put(f"{name}.test", "/feed", feed(*items))
        for n in range(2):
            site.put(f"{name}.test", f"/{name}{n}", story(f"{name}{n}"))
    killed = plan_at(sources, MORNING, closing=False)
    for shard in killed.shards:
        collect_shard(killed.run_id, shard.model_dump())
    files = ArchiveFiles(killed.archive, "bb")
    files.ledger.rename(temporary(files.ledger))
    whole = files.warc(0).read_bytes()
    files.warc(0).rename(temporary(files.warc(0)))
    temporary(files.warc(0)).write_bytes(whole[:-10])
    learned = [path for path in (killed.work / "learned").iterdir() if path.name.startswith("bb")]
    learned[0].unlink()
    remember(killed.run_id)  # of aa alone
    for name in ("aa", "bb"):
        site.put(f"{name}.test", "/feed", feed())
    poll(sources, NOON)
    edition = close(sources, CLOSING)
    assert ends(edition) == dict.fromkeys(("aa0", "aa1", "bb0", "bb1"), "loaded")


def test_an_archive_that_is_gone_is_told_and_nothing_is_landed_anew(
    home: Home, site: Site, sources: Path
) -> None:
    show(site, "a")
    polled = poll(sources, MORNING)
    show(site, "a", "b")
    edition = close(sources, CLOSING)
    before = landed(edition)
    for folder in (edition.archive, polled.archive):
        aside = folder.with_name("aside")
        folder.rename(aside)
        with pytest.raises(HomeError, match="is gone or not whole"):
            replay(edition, f"without-{folder.name}")
        aside.rename(folder)
    assert all(one.equals(before[name]) for name, one in landed(edition).items())


def test_a_poll_whose_archive_is_gone_but_not_its_state_is_told(
    home: Home, site: Site, sources: Path
) -> None:
    show(site, "a")
    polled = poll(sources, MORNING)
    ArchiveFiles(polled.archive, "one").ledger.unlink()
    with pytest.raises(HomeError, match="is gone or not whole"):
        close(sources, CLOSING)


def test_a_poll_that_comes_after_its_edition_was_closed_asks_nobody(
    home: Home, site: Site, sources: Path
) -> None:
    show(site, "a")
    late = plan_at(sources, CLOSING - timedelta(minutes=1), closing=False)
    close(sources, CLOSING)
    requests = len(site.asked)
    for shard in late.shards:
        collect_shard(late.run_id, shard.model_dump())
    assert len(site.asked) == requests


def test_an_answer_of_429_that_names_no_pause_is_not_asked_for_again_and_again(
    home: Home, site: Site, sources: Path
) -> None:
    show(site, "a", "b", "c")
    for name in "abc":
        site.put("one.test", f"/{name}", "", status=429, Retry_After="0")
    assert set(ends(close(sources, CLOSING)).values()) == {"deferred"}
    assert sum(asked(site, f"/{name}") for name in "abc") == 2


def test_redirects_count_among_the_hosts_of_a_look(home: Home, site: Site, tmp_path: Path) -> None:
    sources = sources_with(tmp_path, max_hosts=3)
    show(site, *"abcdef")
    for name in "abcdef":
        site.redirect("one.test", f"/{name}", f"https://{name}.test/")
        site.put(f"{name}.test", "/", story(name))
    settled = ends(close(sources, CLOSING))
    assert sorted(settled.values()) == ["deferred"] * 4 + ["loaded"] * 2
    assert len({host for host, _ in site.asked}) == 3


@pytest.mark.parametrize(
    "body",
    [
        (
            '{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "1", '
            '"url": "https://one.test/a", "title": "\\ud800", "tags": ["\\udfff"]}]}'
        ),
        feed(("https://one.test/a", "A"), ("ftp://one.test/\u2028y", "B")),
        feed(("https://one.test/a", "A"), date="9999-12"),
    ],
)
def test_odd_feeds_are_collected_and_replayed(
    home: Home, site: Site, sources: Path, body: str
) -> None:
    site.put("one.test", "/feed", body, ETag="\x80\xff")
    site.put("one.test", "/a", story("a"), ETag="\x80\xff")
    poll(sources, MORNING)
    edition = close(sources, CLOSING)
    assert ends(edition)["a"] == "loaded"
    before = landed(edition)
    assert all(one.equals(before[name]) for name, one in landed(replay(edition)).items())


def test_an_import_that_could_not_be_read_is_so_in_the_replay(home: Home, tmp_path: Path) -> None:
    points = [{"kind": "jsonl", "path": "gone.jsonl"}]
    sources = write_sources(tmp_path / "s", {"id": "one", "entry_points": points})
    edition = close(sources, CLOSING)
    before = landed(edition)
    assert before["source_report"]["feed_status"].to_list() == ["unreachable"]
    (tmp_path / "s" / "gone.jsonl").write_text("{}")
    assert all(one.equals(before[name]) for name, one in landed(replay(edition)).items())
