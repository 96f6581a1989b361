"""From entry points to landed articles over real HTTP: dispositions, replay, killed runs."""

import asyncio
import gzip
from pathlib import Path

import polars as pl
import pytest
from aiohttp import web

from core.errors import HomeError, PlanError
from core.home import Home
from core.landed import LANDED, read_landed
from core.plan import Run, plan_run
from ingest.archive import ArchiveFiles
from ingest.collect import collect_shard
from ingest.extract_shard import extract_shard
from ingest.land import land_edition
from tests.ingest.site import WORDS, Site, feed, page, write_sources

TABLES = ("discovered", "disposition", "source_report", "article", "article_url", "date_candidate")


def story(number: int) -> str:
    return page(f"Story {number}", f"{WORDS}Item {number} was heard at {number} o'clock. " * 3)


def source(name: str = "one", *kinds: str) -> dict[str, object]:
    return {
        "id": name,
        "entry_points": [
            {"kind": kind, "url": f"https://{name}.test/{kind}"} for kind in kinds or ("feed",)
        ],
    }


def collect(sources: Path, run_id: str = "first", edition: str | None = None) -> Run:
    run = plan_run(run_id, sources=str(sources), edition=edition)
    for station in (collect_shard, extract_shard):
        for shard in run.shards:
            station(run.run_id, shard.model_dump())
    land_edition(run.run_id)
    return run


def landed(run: Run) -> dict[str, pl.DataFrame]:
    return {
        table: read_landed(run.landing, table).sort(
            [name for name, kind in LANDED[table].items() if not isinstance(kind, pl.List)]
        )
        for table in TABLES
    }


def ends(run: Run) -> dict[str, str]:
    """URL path -> disposition, after checking that every discovered page has exactly one."""
    found = read_landed(run.landing, "discovered").select("source_id", "url")
    settled = read_landed(run.landing, "disposition")
    assert not found.is_duplicated().any()
    assert (
        settled.select("source_id", "url")
        .sort("source_id", "url")
        .equals(found.sort("source_id", "url"))
    )
    assert settled["status"].null_count() == 0
    return {
        url.partition("://")[2].partition("/")[2]: status
        for url, status in settled.select("url", "status").rows()
    }


def test_a_whole_edition_and_its_replay(home: Home, site: Site, tmp_path: Path) -> None:
    links = [(f"https://one.test/{n}?utm_medium=feed", f"Story {n}") for n in range(5)]
    site.put("one.test", "/feed", feed(*links), kind="application/rss+xml")
    for n in range(5):
        site.put("one.test", f"/{n}?utm_medium=feed", story(n))
    site.put(
        "one.test", "/sitemap", "<urlset><url><loc>/4</loc></url><url><loc>/5</loc></url></urlset>"
    )
    site.put("one.test", "/5", gzip.compress(story(5).encode()), Content_Encoding="gzip")
    run = collect(write_sources(tmp_path / "s", source("one", "feed", "sitemap")))
    assert run.mode == "collect"
    assert ends(run) == dict.fromkeys("012345", "loaded")
    first = landed(run)
    articles = first["article"].sort("url")
    assert articles["url"].to_list() == [f"https://one.test/{n}" for n in range(6)]
    assert articles["published_method"].to_list()[:5] == ["feed"] * 5
    assert str(articles["published_day"][0]) == "2026-10-15"
    assert articles["published_precision"][5] == "none"
    asked = len(site.asked)

    replay = collect(tmp_path / "s" / "sources.yml", "second")
    assert replay.mode == "replay"
    assert len(site.asked) == asked
    second = landed(replay)
    assert all(second[table].equals(first[table]) for table in TABLES)


def test_every_end_a_page_can_have(home: Home, site: Site, tmp_path: Path) -> None:
    async def slow(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    async def cut(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "5000", "Content-Type": "text/html"})
        await answer.prepare(request)
        await answer.write(story(1).encode())
        assert request.transport is not None
        request.transport.close()
        return answer

    pages = {
        "good": "loaded",
        "moved": "loaded",
        "copy": "duplicate",
        "old": "out_of_window",
        "private": "robots_disallowed",
        "to-private": "robots_disallowed",
        "gone": "fetch_failed",
        "loop": "fetch_failed",
        "slow": "fetch_failed",
        "cut": "fetch_failed",
        "broken-gzip": "extract_failed",
        "huge": "too_large",
        "bomb": "too_large",
        "elsewhere": "blocked_address",
        "empty": "not_an_article",
        "image": "not_an_article",
        "noise": "not_an_article",
        "short": "not_an_article",
    }
    old = '<meta property="article:published_time" content="2026-09-01T08:00:00Z">'
    site.put("one.test", "/robots.txt", "User-agent: *\nDisallow: /private\n", kind="text/plain")
    items = "".join(f"<url><loc>https://one.test/{name}</loc></url>" for name in pages)
    site.put("one.test", "/sitemap", f"<urlset>{items}</urlset>", kind="application/xml")
    site.put("one.test", "/good", story(1))
    site.redirect("one.test", "/moved", "/moved-here", 301)
    site.put("one.test", "/moved-here", story(2))
    site.put("one.test", "/copy", page("S", WORDS * 3, '<link rel="canonical" href="/good">'))
    site.put("one.test", "/old", page("Old", WORDS * 3, old))
    site.redirect("one.test", "/to-private", "/private")
    site.redirect("one.test", "/loop", "/loop2")
    site.redirect("one.test", "/loop2", "/loop")
    site.answers["one.test", "/slow"] = slow
    site.answers["one.test", "/cut"] = cut
    site.put("one.test", "/broken-gzip", b"no gzip at all", Content_Encoding="gzip")
    site.put("one.test", "/huge", b"<p>" + b"x" * 300_000)
    site.put("one.test", "/bomb", gzip.compress(bytes(3_000_000)), Content_Encoding="gzip")
    site.redirect("one.test", "/elsewhere", "ftp://user:secret@10.0.0.1/x")
    site.put("one.test", "/empty", b"")
    site.put("one.test", "/image", b"\x89PNG", kind="image/png")
    site.put("one.test", "/noise", bytes(range(256)) * 9)
    site.put("one.test", "/short", page("Short", "Too few words."))
    fetching = {"min_gap_seconds": 0, "deadline_seconds": 1, "max_page_bytes": 200_000}
    sources = write_sources(tmp_path / "s", source("one", "sitemap"), fetching=fetching)
    run = collect(sources)
    assert ends(run) == pages
    reasons = dict(read_landed(run.landing, "disposition").select("url", "reason").rows())
    assert reasons["https://one.test/empty"] == "empty body"
    assert reasons["https://one.test/slow"] == "no answer within the deadline"
    assert "secret" not in str(reasons)
    moved = read_landed(run.landing, "article").filter(pl.col("url").str.contains("moved"))
    assert moved["url"].to_list() == ["https://one.test/moved-here"]
    first = landed(run)
    second = landed(collect(sources, "second"))
    assert all(second[table].equals(first[table]) for table in TABLES)


def test_every_source_has_a_report_also_when_its_feed_is_dead(
    home: Home, site: Site, tmp_path: Path
) -> None:
    site.put("good.test", "/feed", feed(("/1", "One")))
    site.put("good.test", "/1", story(1))
    site.put("html.test", "/feed", page("A home page"))
    site.put("shut.test", "/robots.txt", "User-agent: *\nDisallow: /\n")
    site.put("down.test", "/robots.txt", "", status=503)
    site.put("half.test", "/feed", feed(("/1", "One")))
    site.put("half.test", "/1", story(2))
    names = ("good", "html", "shut", "down", "gone", "half")
    sources = [source(name) for name in names[:-1]] + [source("half", "feed", "sitemap")]
    run = collect(write_sources(tmp_path / "s", *sources))
    report = read_landed(run.landing, "source_report")
    assert dict(report.select("source_id", "feed_status").rows()) == {
        "good": "ok",
        "html": "not_a_feed",
        "shut": "robots_disallowed",
        "down": "unreachable",
        "gone": "unreachable",
        "half": "unreachable",
    }
    assert ends(run) == {"1": "loaded"}
    assert read_landed(run.landing, "article").height == 2


def test_what_was_loaded_before_is_not_fetched_again(
    home: Home, site: Site, tmp_path: Path
) -> None:
    site.put("one.test", "/feed", feed(("/1", "One")))
    site.put("one.test", "/1", story(1))
    first = collect(write_sources(tmp_path / "s", source()))
    seen = read_landed(first.landing, "article")["first_seen_at"].to_list()

    later = write_sources(tmp_path / "s", source(), fixed_edition="2026-10-17")
    site.put("one.test", "/feed", feed(("/1", "One"), ("/2", "Two")))
    site.put("one.test", "/2", story(2))
    site.asked.clear()
    second = collect(later, "second")
    assert ends(second) == {"1": "unchanged", "2": "loaded"}
    assert ("one.test", "/1") not in site.asked

    changed = "<urlset><url><loc>/1</loc><lastmod>2026-10-17T22:00:00Z</lastmod></url></urlset>"
    again = write_sources(tmp_path / "s", source("one", "sitemap"), fixed_edition="2026-10-18")
    site.put("one.test", "/sitemap", changed)
    site.put("one.test", "/1", story(9))
    third = collect(again, "third")
    assert ends(third) == {"1": "loaded"}
    assert read_landed(third.landing, "article")["first_seen_at"].to_list() == seen


def test_a_killed_collect_asks_nobody_twice(home: Home, site: Site, tmp_path: Path) -> None:
    for name in ("one", "two"):
        site.put(f"{name}.test", "/feed", feed(("/1", "One")))
        site.put(f"{name}.test", "/1", story(len(name)))
    sources = write_sources(tmp_path / "s", source("one"), source("two"))
    run = plan_run("killed", sources=str(sources))
    collect_shard(run.run_id, run.shards[0].model_dump())
    collect_shard(run.run_id, run.shards[1].model_dump())
    files = ArchiveFiles(run.archive, "two")
    files.ledger.unlink()  # as if the task had died before this source was finished
    before = read_landed(run.landing, "discovered").filter(pl.col("source_id") == "one")
    site.asked.clear()
    assert collect(sources, "killed").run_id == run.run_id
    assert {host for host, _ in site.asked} == {"two.test"}
    after = read_landed(run.landing, "discovered").filter(pl.col("source_id") == "one")
    assert after.equals(before)


def test_one_page_of_two_outlets_is_loaded_once(home: Home, site: Site, tmp_path: Path) -> None:
    for name in ("zebra", "alpha"):
        site.put(f"{name}.test", "/feed", feed(("https://shared.test/1", "One")))
    site.put("shared.test", "/1", story(1))
    run = collect(write_sources(tmp_path / "s", source("zebra"), source("alpha")))
    settled = read_landed(run.landing, "disposition")
    assert dict(settled.select("source_id", "status").rows()) == {
        "alpha": "loaded",
        "zebra": "duplicate",
    }
    assert read_landed(run.landing, "article")["source_id"].to_list() == ["alpha"]
    assert read_landed(run.landing, "article_url")["url"].is_unique().all()
    dates = read_landed(run.landing, "date_candidate")
    assert dates["is_chosen"].sum() == 1


def test_a_parser_that_hangs_costs_one_page(
    home: Home, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would take a minute; the others have time enough on a machine that is busy."""
    monkeypatch.setattr("ingest.cage.Cage.__init__.__defaults__", (10.0, 1_500_000_000))
    attributes = " ".join(f"a{number}=x" for number in range(200_000))
    site.put("one.test", "/feed", feed(*((f"/{n}", f"Story {n}") for n in range(4))))
    for n in range(4):
        site.put("one.test", f"/{n}", story(n))
    site.put("one.test", "/2", f"<html><body><p {attributes}>{WORDS * 3}</p></body></html>")
    run = collect(write_sources(tmp_path / "s", source()))
    assert ends(run) == {"0": "loaded", "1": "loaded", "2": "extract_failed", "3": "loaded"}


def test_no_connection_leaves_for_a_private_address(home: Home, site: Site, tmp_path: Path) -> None:
    site.put("127.0.0.1", "/robots.txt", "")
    address = f"http://{site.address}/feed"
    entry: dict[str, object] = {"id": "one", "entry_points": [{"kind": "feed", "url": address}]}
    run = collect(write_sources(tmp_path / "s", entry, local_site=None))
    assert site.asked == []
    report = read_landed(run.landing, "source_report")
    assert report["feed_status"].to_list() == ["unreachable"]


def test_a_local_site_that_is_not_served_is_one_sentence(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROADSHEET_LOCAL_SITE", raising=False)
    with pytest.raises(PlanError, match="make run"):
        collect(write_sources(tmp_path / "s", source()))


def test_an_archive_that_cannot_be_written_is_one_sentence(
    home: Home, site: Site, tmp_path: Path
) -> None:
    site.put("one.test", "/feed", feed(("/1", "One")))
    (home.root / "archive").write_text("a file where a folder has to be")
    with pytest.raises(HomeError, match="could not be written"):
        collect(write_sources(tmp_path / "s", source()))
