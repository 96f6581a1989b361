"""What the retention rule keeps, as laws; and what retiring removes from a real home."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import PROJECT_ROOT, config_folder
from core.errors import ConfigError
from core.home import Home
from core.retention import PublicationRule, load_retention
from tests.warehouse.publishing import prepare
from warehouse.publications import list_publications
from warehouse.publish import publish
from warehouse.retention import Publication, choose_kept, in_grace, retire

RULE = PublicationRule(daily=3, weekly=2, monthly=2, grace_hours=48, max_gigabytes=1000)
START = datetime(2026, 1, 1, 5)


def _history(hours: list[int], sizes: list[int] | None = None) -> list[Publication]:
    """Publications so many hours apart; hours may be negative, as when a clock is set back."""
    moments = [START + timedelta(hours=sum(hours[: n + 1])) for n in range(len(hours))]
    sizes = sizes or [1] * len(hours)
    return [
        Publication(f"p{n + 1:06d}", at, size * 10**9)
        for n, (at, size) in enumerate(zip(moments, sizes, strict=True))
    ]


_HOURS = st.lists(st.integers(-2_000, 2_000), min_size=1, max_size=40)
_FORWARD = st.lists(st.integers(0, 400), min_size=1, max_size=60)


@given(_HOURS, st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(1, 10))
def test_the_newest_is_never_removed(
    hours: list[int], daily: int, weekly: int, monthly: int, ceiling: int
) -> None:
    history = _history(hours)
    rule = PublicationRule(
        daily=daily, weekly=weekly, monthly=monthly, max_gigabytes=float(ceiling)
    )
    assert history[-1].publication_id in choose_kept(history, rule)


@given(_HOURS)
def test_a_newer_publication_never_brings_an_older_one_back(hours: list[int]) -> None:
    history = _history(hours)
    before = choose_kept(history[:-1], RULE)
    assert choose_kept(history, RULE) <= {*before, history[-1].publication_id}


@given(_FORWARD)
def test_retiring_each_time_keeps_what_retiring_once_keeps(hours: list[int]) -> None:
    history = _history(hours)
    there: list[Publication] = []
    for one in history:
        there.append(one)
        kept = choose_kept(there, RULE)
        there = [other for other in there if other.publication_id in kept]
    assert {one.publication_id for one in there} == choose_kept(history, RULE)


@given(_FORWARD)
def test_the_newest_of_the_last_days_weeks_and_months_are_kept(hours: list[int]) -> None:
    history = _history(hours)
    kept = choose_kept(history, RULE)
    for count, period in (
        (RULE.daily, lambda at: at.date()),
        (RULE.weekly, lambda at: at.isocalendar()[:2]),
        (RULE.monthly, lambda at: (at.year, at.month)),
    ):
        newest = {period(one.published_at): one.publication_id for one in history}
        assert set(list(newest.values())[-count:]) <= kept


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 50)), min_size=1, max_size=40),
    st.integers(1, 200),
    st.sets(st.integers(1, 40)),
)
def test_the_ceiling_holds_but_for_what_must_stay(
    items: list[tuple[int, int]], ceiling: int, protected: set[int]
) -> None:
    history = _history([hours for hours, _ in items], [size for _, size in items])
    safe = {f"p{number:06d}" for number in protected} | {history[-1].publication_id}
    rule = RULE.model_copy(update={"max_gigabytes": float(ceiling)})
    kept = choose_kept(history, rule, safe)
    unlimited = choose_kept(history, RULE, safe)
    assert kept <= unlimited
    assert safe & {one.publication_id for one in history} <= kept
    used = sum(one.size for one in history if one.publication_id in kept)
    assert used <= ceiling * 1e9 or kept <= safe
    gone = sorted(unlimited - kept)
    assert all(one in safe for one in kept if gone and one < gone[-1])


@given(_FORWARD, st.integers(1, 500))
def test_grace_protects_what_was_current_a_moment_ago(hours: list[int], grace: int) -> None:
    history = _history(hours)
    safe = in_grace(history, grace)
    assert {one.publication_id for one in history[-2:-1]} <= safe
    moments = {one.publication_id: one.published_at for one in history}
    for before, after in pairwise(history):
        is_young = history[-1].published_at - moments[after.publication_id] < timedelta(hours=grace)
        assert (before.publication_id in safe) == is_young


# On a real home ------------------------------------------------------------------------------


def _limit(text: str) -> None:
    load_retention.cache_clear()
    (config_folder() / "retention.yml").write_text(text)


_FEW = "publications: {daily: 1, weekly: 0, monthly: 0, grace_hours: 1}\n"


def _publish_on(home: Home, edition: str, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    """Publish an edition by a clock that shows `moment`."""
    import warehouse.publish as publishing

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return moment.replace(tzinfo=UTC)

    run = prepare(home, edition)
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "datetime", Clock)
        return publish(run.run_id)["publication_id"]


def test_publishing_removes_what_the_rule_keeps_no_more(
    newsroom: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    _limit(_FEW)
    for day in range(1, 5):
        _publish_on(newsroom, f"2026-10-{day:02d}", datetime(2026, 10, day, 6), monkeypatch)
    there = sorted(file.stem for file in newsroom.publications.glob("*.duckdb"))
    assert there == ["p000003", "p000004"]  # p000003 was current until a moment ago
    told = {one["publication_id"]: one["is_kept"] for one in list_publications(newsroom)}
    assert told == {"p000004": True, "p000003": True, "p000002": False, "p000001": False}


def test_the_base_of_an_open_candidate_stays(
    newsroom: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    _limit(_FEW)
    _publish_on(newsroom, "2026-10-01", datetime(2026, 10, 1, 6), monkeypatch)
    waiting = prepare(newsroom, "2026-10-20", "waiting")
    for day in range(2, 5):
        _publish_on(newsroom, f"2026-10-{day:02d}", datetime(2026, 10, day, 6), monkeypatch)
    assert newsroom.publication("p000001").exists()
    assert newsroom.candidate(waiting.run_id).exists()


@pytest.mark.parametrize("text", ["publications: {daily: -1}\n", "kept: 3\n"])
def test_a_wrong_rule_removes_nothing_and_costs_no_publication(
    newsroom: Home, monkeypatch: pytest.MonkeyPatch, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    _limit(text)
    for day in range(1, 4):
        _publish_on(newsroom, f"2026-10-{day:02d}", datetime(2026, 10, day, 6), monkeypatch)
    assert len(list(newsroom.publications.glob("*.duckdb"))) == 3
    assert "the publication stands" in caplog.text
    with pytest.raises(ConfigError, match=r"retention\.yml:1"):
        load_retention(config_folder() / "retention.yml")


def _make_old(folder: Path, days: int) -> None:
    then = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    for path in sorted(folder.rglob("*"), reverse=True):
        os.utime(path, (then, then))
    os.utime(folder, (then, then))


def test_idle_work_loses_its_bulk_and_can_be_built_again(newsroom: Home) -> None:
    refused = prepare(newsroom, "2026-10-01", "refused")
    _make_old(refused.work, 20)
    young = prepare(newsroom, "2026-10-02", "young")
    _make_old(young.work, 10)
    publish(prepare(newsroom, "2026-10-03").run_id)
    assert sorted(path.name for path in refused.work.iterdir()) == [
        "config",
        "load.json",
        "run.json",
        "verdicts",
    ]
    assert newsroom.candidate("young").exists()
    assert publish(prepare(newsroom, "2026-10-01", "refused").run_id)["edition"] == "2026-10-01"


def test_old_polls_pages_and_unused_caches_go_and_nothing_else(newsroom: Home) -> None:
    from core.plan import plan_poll

    poll = plan_poll("poll", lambda _run: [], home=newsroom)
    pages = newsroom.quality / "data_docs" / "some-run"
    cache = newsroom.enrich_cache / "ner" / "abc"
    lineage = newsroom.root / "lineage"
    archive = newsroom.archive(date(2020, 1, 1), "20200101T0500")
    for folder in (pages, cache, archive, newsroom.quality / "verdicts" / "some-run"):
        folder.mkdir(parents=True)
        (folder / "file").write_text("x")
    lineage.mkdir()
    (lineage / "2025-01-01.ndjson").write_text("{}")
    old = (newsroom.archive_root, newsroom.quality, newsroom.enrich_cache, poll.work, lineage)
    for folder in old:
        _make_old(folder, 400)
    (lineage / "2026-10-02.ndjson").write_text("{}")
    publish(prepare(newsroom, "2026-10-03").run_id)
    assert not poll.work.exists()
    assert not pages.exists()
    assert not cache.exists()
    assert [file.name for file in lineage.iterdir()] == ["2026-10-02.ndjson"]
    assert (archive / "file").exists()
    assert (newsroom.quality / "verdicts" / "some-run" / "file").exists()


_KILLED = """
import os, sys
import warehouse.retention as retention
from core.home import Home
from pathlib import Path

original = Path.unlink

def dies(path, *args, **more):
    if sys.argv[2] == "after":
        original(path, *args, **more)
    os._exit(9)

Path.unlink = dies
retention.retire(Home(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_in_the_middle_is_made_good_by_the_next(
    newsroom: Home, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    for day in range(1, 5):
        _publish_on(newsroom, f"2026-10-{day:02d}", datetime(2026, 10, day, 6), monkeypatch)
    _limit(_FEW)
    command = [sys.executable, "-c", _KILLED, str(newsroom.root), moment]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    assert subprocess.run(command, check=False, env=environment).returncode == 9
    assert len(list(newsroom.publications.glob("*.duckdb"))) == (4 if moment == "before" else 3)
    assert list_publications(newsroom)[0]["is_current"]
    retire(newsroom)
    assert sorted(file.stem for file in newsroom.publications.glob("*.duckdb")) == [
        "p000003",
        "p000004",
    ]
