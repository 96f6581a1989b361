"""The plan: one edition, resolved once, and the shards that tasks are mapped over."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.config import PROJECT_ROOT, EntryPoint, Sources, load_sources
from core.errors import HomeError, PlanError
from core.home import Home
from core.plan import close_edition, load_run, make_shards, plan_run, safe_run_id

SAMPLE = PROJECT_ROOT / "config" / "sources.yml"


def live_sources(folder: Path) -> Path:
    """A newsroom like the sample's, but without a fixed edition."""
    lines = [
        line for line in SAMPLE.read_text().splitlines() if not line.startswith("fixed_edition")
    ]
    path = folder / "live.yml"
    path.write_text("\n".join(lines))
    return path


def test_the_sample_has_its_own_edition(home: Home) -> None:
    run = plan_run("manual__1")
    assert run.edition == load_sources(SAMPLE).fixed_edition
    assert run.mode == "collect"
    assert abs(run.now() - run.cutoff) < timedelta(minutes=1)
    assert load_run("manual__1") == run


def test_the_edition_is_the_utc_day_the_interval_ends(home: Home, tmp_path: Path) -> None:
    end = datetime(2026, 1, 5, 23, 30, tzinfo=UTC) - timedelta(hours=18, minutes=30)
    run = plan_run("scheduled", sources=str(live_sources(tmp_path)), data_interval_end=end)
    assert run.edition == date(2026, 1, 5)
    assert run.clock_offset == 0


def with_archive(folder: Path, **more: object) -> str:
    """A live newsroom with an archive beside its outlets."""
    newsroom = yaml.safe_load(live_sources(folder).read_text("utf-8"))
    entry = {"kind": "jsonl", "path": "old.jsonl"}
    old = {**newsroom["sources"][0], "id": "old", "entry_points": [entry], **more}
    newsroom["sources"].append(old)
    path = folder / "both.yml"
    path.write_text(yaml.safe_dump(newsroom, allow_unicode=True), "utf-8")
    return str(path)


def a_poll_of(home: Home, day: str) -> str:
    look = f"{day}/{day.replace('-', '')}T0315"
    (home.archive_root / look).mkdir(parents=True)
    return look


def test_a_backfill_reads_archives_and_leaves_polls_to_the_edition_to_come(
    home: Home, tmp_path: Path
) -> None:
    sources = with_archive(tmp_path)
    poll = a_poll_of(home, "2026-01-05")
    end = datetime(2026, 1, 5, 5, tzinfo=UTC)
    backfill = plan_run("b", sources=sources, data_interval_end=end, is_backfill=True)
    assert [shard.sources for shard in backfill.shards] == [["old"]]
    assert (backfill.edition, backfill.looks, backfill.is_backfill) == (end.date(), [], True)
    named = plan_run("n", sources=sources, edition="2026-01-05")
    assert ([shard.sources for shard in named.shards], named.looks) == ([["old"]], [])
    late = plan_run("s", sources=sources, data_interval_end=end)
    assert late.looks == [poll]
    assert len(late.shards) > 1
    assert not late.is_backfill


def test_a_closed_edition_is_replayed_by_a_backfill_as_it_was(home: Home, tmp_path: Path) -> None:
    sources = with_archive(tmp_path)
    poll = a_poll_of(home, "2026-01-05")
    end = datetime(2026, 1, 5, 5, tzinfo=UTC)
    first = plan_run("s", sources=sources, data_interval_end=end)
    close_edition(first)
    again = plan_run("b", sources=sources, data_interval_end=end, is_backfill=True)
    assert (again.mode, again.looks) == ("replay", [poll])
    assert again.shards == first.shards


def test_days_that_cannot_be_backfilled_are_told(home: Home, tmp_path: Path) -> None:
    sources = with_archive(tmp_path, active_to=date(2017, 3, 9))
    end = datetime(2026, 1, 5, 5, tzinfo=UTC)
    with pytest.raises(PlanError, match="needs an archive source"):
        plan_run("b", sources=sources, data_interval_end=end, is_backfill=True)
    with pytest.raises(PlanError, match="fixed edition 2026-10-16 has no other days"):
        plan_run("f", data_interval_end=end, is_backfill=True)


def test_a_plan_is_made_once(home: Home) -> None:
    first = plan_run("again")
    assert plan_run("again", edition="2020-01-01") == first


def test_a_closed_edition_is_replayed(home: Home) -> None:
    close_edition(plan_run("one"))
    assert plan_run("two").mode == "replay"


@pytest.mark.parametrize(
    ("edition", "sentence"),
    [
        ("16 October", "is no date; write it as"),
        ("", "is no date; write it as"),
        ("2999-01-01", "lies in the future"),
        ("2020-01-01", "needs an archive source"),
    ],
)
def test_an_edition_that_cannot_be(home: Home, edition: str, sentence: str) -> None:
    with pytest.raises(PlanError, match=sentence):
        plan_run("bad", edition=edition)


def test_a_run_that_was_never_planned(home: Home) -> None:
    with pytest.raises(PlanError, match="no run 'ghost' was planned"):
        load_run("ghost")


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError, match="BROADSHEET_HOME"):
        plan_run("any", home=Home(tmp_path / "file"))


@given(count=st.integers(1, 300), most=st.integers(1, 20))
def test_shards_hold_every_outlet_once(count: int, most: int) -> None:
    newsroom = newsroom_of(count)
    ids = [source.id for source in newsroom.sources]
    shards = make_shards(newsroom, ids, most)
    assert sorted(one for shard in shards for one in shard.sources) == sorted(ids)
    sizes = [len(shard.sources) for shard in shards]
    assert len(sizes) <= most
    assert max(sizes) - min(sizes) <= 1
    assert len({shard.label for shard in shards}) == len(shards)


def newsroom_of(count: int, hosts: int = 1000) -> Sources:
    template = load_sources(SAMPLE)
    sources = [
        template.sources[0].model_copy(
            update={
                "id": f"outlet-{n}",
                "name": f"Outlet {n}",
                "entry_points": [EntryPoint(kind="feed", url=f"https://host-{n % hosts}.example/")],
            }
        )
        for n in range(count)
    ]
    return template.model_copy(update={"sources": sources})


def test_a_run_id_is_a_file_name() -> None:
    assert safe_run_id("manual__2026-11-22T05:00:00+00:00") == "manual__2026-11-22T05-00-00-00-00"


def test_outlets_on_one_host_stay_together() -> None:
    newsroom = newsroom_of(30, hosts=7)
    shards = make_shards(newsroom, [source.id for source in newsroom.sources], 3)
    hosts = [{newsroom.source(one).host for one in shard.sources} for shard in shards]
    assert sum(map(len, hosts)) == len(set.union(*hosts)) == 7
