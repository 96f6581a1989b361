"""Looks at chosen times: polls and closing collects over real HTTP, the clock set by the plan."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from core.files import write_json
from core.home import Home
from core.landed import LANDED, read_landed
from core.plan import CUTOFF, Run, make_shards, open_looks, plan_run
from ingest.collect import collect_shard
from ingest.extract_shard import extract_shard
from ingest.land import land_edition
from ingest.polls import remember
from ingest.state import known_before, read_known
from tests.ingest.site import WORDS, Site, feed, page, write_sources

DAY = datetime(2026, 10, 16)
MORNING, NOON, EVENING = (DAY + timedelta(hours=hour) for hour in (8, 12, 20))
CLOSING = DAY + timedelta(days=1, hours=5)


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


def plan_at(sources: Path, at: datetime, *, closing: bool) -> Run:
    """A run planned as if it were `at`; the sources file has a fixed edition, which is ignored."""
    edition = at.date() + timedelta(days=at.time() > CUTOFF)
    run_id = f"{'closing' if closing else 'poll'}-{at:%d-%H%M}"
    made = plan_run(run_id, sources=str(sources))
    newsroom = made.sources.model_copy(update={"fixed_edition": None})
    run = made.model_copy(
        update={
            "edition": edition,
            "cutoff": datetime.combine(edition, CUTOFF),
            "collect_id": f"{at:%Y%m%dT%H%M}",
            "clock_offset": (at - datetime.now(UTC).replace(tzinfo=None)).total_seconds(),
            "shards": make_shards(newsroom, [one.id for one in newsroom.sources]),
            "is_closing": closing,
            "mode": "collect",
            "looks": open_looks(made.paths, edition, newsroom) if closing else [],
        }
    )
    write_json(run.work / "run.json", run.model_dump(mode="json"))
    return run


def poll(sources: Path, at: datetime, *, is_remembered: bool = True) -> Run:
    """A look between editions."""
    run = plan_at(sources, at, closing=False)
    for shard in run.shards:
        collect_shard(run.run_id, shard.model_dump())
    if is_remembered:
        remember(run.run_id)
    return run


def close(sources: Path, at: datetime) -> Run:
    """The look that closes an edition."""
    run = plan_at(sources, at, closing=True)
    finish(run)
    return run


def finish(run: Run) -> None:
    for station in (collect_shard, extract_shard):
        for shard in run.shards:
            station(run.run_id, shard.model_dump())
    land_edition(run.run_id)


def replay(run: Run, run_id: str = "again") -> Run:
    """The closed edition once more, under another run's id."""
    again = run.model_copy(update={"run_id": f"{run.run_id}-{run_id}", "mode": "replay"})
    again.config.mkdir(parents=True)
    for file in run.config.iterdir():
        (again.config / file.name).write_bytes(file.read_bytes())
    write_json(again.work / "run.json", again.model_dump(mode="json"))
    finish(again)
    return again


def ends(run: Run) -> dict[str, str]:
    """URL path -> disposition, after checking that every discovered page has exactly one."""
    found = read_landed(run.landing, "discovered").select("source_id", "url")
    settled = read_landed(run.landing, "disposition")
    assert not found.is_duplicated().any()
    pair = ["source_id", "url"]
    assert settled.select(pair).sort(pair).equals(found.sort(pair))
    assert settled["status"].null_count() == 0
    return {
        url.partition("://")[2].partition("/")[2]: status
        for url, status in settled.select("url", "status").rows()
    }


def known(home: Home, kind: str) -> list[dict[str, Any]]:
    """What all states together say of things of that kind, the newest of each."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for frame in read_known(home, known_before(home, "9")):
        for row in frame.filter(pl.col("kind") == kind).iter_rows(named=True):
            rows[row["source_id"], row["url"]] = row
    return list(rows.values())


def landed(run: Run) -> dict[str, pl.DataFrame]:
    folder = run.landing
    return {name: read_landed(folder, name) for name in LANDED if (folder / name).exists()}
