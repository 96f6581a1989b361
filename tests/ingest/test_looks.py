"""Looks between editions: nothing is lost from one to the next, over real HTTP."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from core.errors import HomeError
from core.home import Home
from core.landed import read_landed, write_landed
from ingest.archive import ArchiveFiles, temporary
from ingest.collect import collect_shard
from ingest.polls import remember
from tests.ingest.looks import (
    CLOSING,
    MORNING,
    NOON,
    asked,
    close,
    ends,
    finish,
    landed,
    plan_at,
    poll,
    replay,
    show,
    story,
)
from tests.ingest.site import Site, feed, write_sources
from tests.support.conservation import closed_landings, lost_urls


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
