"""Which sources a poll looks at, by the machine's own clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from core.home import Home
from core.plan import CUTOFF, load_run
from ingest.collect import collect_shard
from ingest.polls import plan_due, remember
from ingest.state import STATE, state_path, write_state
from tests.ingest.site import Site, feed, serving, write_sources
from tests.support.closed import close_last_edition


@pytest.fixture(autouse=True)
def _last_edition_is_closed(home: Home) -> None:
    close_last_edition(home)


def newsroom(folder: Path, *names: str, fixed_edition: str | None = None) -> str:
    sources = [
        {"id": name, "entry_points": [{"kind": "feed", "url": f"https://{name}.test/feed"}]}
        for name in names
    ]
    return str(write_sources(folder, *sources, fixed_edition=fixed_edition))


def planned(shards: list[dict[str, object]]) -> set[str]:
    return {name for shard in shards for name in shard["sources"]}  # type: ignore[attr-defined]


def test_a_source_is_due_at_first_and_then_when_its_interval_is_over(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = newsroom(tmp_path / "s", "one", "two")
    with serving(Site()) as site:
        monkeypatch.setenv("BROADSHEET_LOCAL_SITE", site.address)
        for name in ("one", "two"):
            site.put(f"{name}.test", "/feed", feed())
        run_id, shards = plan_due("scheduled__first", sources)
        assert planned(shards) == {"one", "two"}
        for shard in shards:
            collect_shard(run_id, shard)
    assert remember(run_id)["sources"] == 2
    assert planned(plan_due("scheduled__at_once", sources)[1]) == set()
    state = state_path(home, load_run(run_id).collect_id)
    rows = pl.read_parquet(state)
    state.unlink()  # as if the look at `one` had been two hours ago
    ago = pl.when(pl.col("source_id") == "one").then(pl.lit(timedelta(hours=2)))
    earlier = rows.with_columns(not_before=pl.col("not_before") - ago.otherwise(timedelta()))
    before = datetime.now(UTC) - timedelta(minutes=30)
    write_state(home, f"{before:%Y%m%dT%H%M}", [earlier.cast(dict(STATE))])
    assert planned(plan_due("scheduled__second", sources)[1]) == {"one"}


def test_the_poll_belongs_to_the_edition_that_is_open(home: Home, tmp_path: Path) -> None:
    run_id, _ = plan_due("scheduled__x", newsroom(tmp_path / "s", "one"))
    run, now = load_run(run_id), datetime.now(UTC).replace(tzinfo=None)
    assert run.edition == (now.date() + timedelta(days=now.time() >= CUTOFF))
    assert not run.is_closing
    assert not run.collect_id.endswith("T0500")


def test_a_newsroom_with_a_fixed_edition_is_not_polled(home: Home, tmp_path: Path) -> None:
    sources = newsroom(tmp_path / "s", "one", fixed_edition="2026-10-16")
    run_id, shards = plan_due("manual__x", sources)
    assert shards == []
    assert remember(run_id) == {"collect_id": load_run(run_id).collect_id, "sources": 0, "pages": 0}
    assert list(home.state.glob("*")) == []


def test_the_work_of_old_polls_is_removed(home: Home, tmp_path: Path) -> None:
    sources = newsroom(tmp_path / "s", "one")
    old, _ = plan_due("old", sources)
    plan = home.work(old) / "run.json"
    plan.write_text(plan.read_text().replace(load_run(old).collect_id, "20260101T0715"))
    recent, _ = plan_due("recent", sources)
    assert home.work(recent).exists()
    assert not home.work(old).exists()


def test_nothing_is_polled_while_an_edition_is_being_closed(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = newsroom(tmp_path / "s", "one")
    for path in home.landing_root.glob("*/closed.json"):
        path.unlink()
    since_cutoff = datetime.now(UTC).replace(tzinfo=None).time()
    ago = timedelta(hours=since_cutoff.hour, minutes=since_cutoff.minute + 1)
    monkeypatch.setattr("core.plan._CLOSING", ago + timedelta(days=1))
    assert planned(plan_due("within", sources)[1]) == set()
    close_last_edition(home)
    assert planned(plan_due("after", sources)[1]) == {"one"}
