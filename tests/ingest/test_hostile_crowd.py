"""Ten thousand URLs of a slow host beside a healthy one: the healthy one does not wait."""

from pathlib import Path

import polars as pl
import pytest

from core.home import Home
from tests.ingest.hostile_edition import assert_conserved, collect_edition, sitemap_source
from tests.support.hostile.crowd import HEALTHY, HEALTHY_PAGES, MOST, SECONDS, SLOW
from tests.support.hostile.server import asked, serving

# The healthy host waits for the slow one to have begun.
LIMITS = {"deadline_seconds": 60, "read_seconds": 60, "max_urls": 20_000}


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("is_one_source", "slow_pages"), [(True, 10_000), (False, 500)], ids=["one", "two sources"]
)
def test_a_slow_host_holds_up_nobody(
    is_one_source: bool,
    slow_pages: int,
    home: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow, healthy = (
        sitemap_source("slow", str(slow_pages)),
        sitemap_source("healthy", str(HEALTHY_PAGES)),
    )
    if is_one_source:
        points = [*slow["entry_points"], *healthy["entry_points"]]  # type: ignore[misc]
        slow["entry_points"] = points
    sources = [slow] if is_one_source else [slow, healthy]
    monkeypatch.setattr("core.plan.make_shards.__defaults__", (1,))  # one task for both
    with serving() as site:
        monkeypatch.setenv("BROADSHEET_LOCAL_SITE", site.address)
        edition = collect_edition(tmp_path / "s", sources, limits=LIMITS)
        requests = asked(site.address)
    assert_conserved(edition)
    ends = edition.disposition.with_columns(host=pl.col("url").str.split("/").list.get(2))
    counted = {
        (host, status): n for host, status, n in ends.group_by("host", "status").len().rows()
    }
    assert counted.pop((HEALTHY, "loaded")) == HEALTHY_PAGES
    loaded = counted.pop((SLOW, "loaded"))
    assert counted == {(SLOW, "deferred"): slow_pages - loaded}
    # The slow host stops by itself after MOST pages: the healthy one was done long before.
    pages = [host for _, _, host, path in requests if path.startswith("/page")]
    last = len(pages) - 1 - pages[::-1].index(HEALTHY)
    assert pages[:last].count(SLOW) < MOST / 2
    # One request more learns of the pause; nobody asks again within it.
    assert pages.count(SLOW) <= loaded + 1


@pytest.mark.timeout(120)
def test_a_host_that_is_too_slow_is_left_for_the_next_look(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as site:
        monkeypatch.setenv("BROADSHEET_LOCAL_SITE", site.address)
        sources = [sitemap_source("slow", "400")]
        edition = collect_edition(tmp_path / "s", sources, limits={"max_host_seconds": 2})
        pages = [path for _, _, host, path in asked(site.address) if path.startswith("/page")]
    assert_conserved(edition)
    ends = dict(edition.disposition.select("status", "reason").unique().rows())
    assert ends == {"loaded": None, "deferred": ends["deferred"]}
    assert ends["deferred"].startswith("the host is too slow")
    assert len(pages) <= 2 / SECONDS + 1
