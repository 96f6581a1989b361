"""Conservation: discovered = the sum of dispositions, for every source, whatever it shows.

The hostile cases are drawn at random into outlets of two editions; nothing may be lost, counted
twice or left without an end.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.landed import STATUSES
from tests.ingest.hostile_edition import (
    Edition,
    assert_conserved,
    collect_edition,
    sitemap_source,
)
from tests.support.hostile.cases import cases
from tests.support.hostile.server import Site, serving

# Quick cases, of every end that a page can have in one edition.
PAGES = (
    "http_1_0", "redirect_relative", "charset_missing", "robots_404", "gzip_with_a_tail",
    "page_moved_to_another_host", "page_moved_to_the_same_place",
    "page_of_last_year",
    "robots_shuts_all", "redirect_into_a_shut_host", "robots_500",
    "address_loopback", "url_credentials", "redirect_to_file",
    "status_404", "status_500", "closes_at_once", "body_cut_short", "redirect_loop",
    "gzip_bomb_of_2_gb", "links_of_11_mb",
    "empty_body", "picture_behind_html", "nul_bytes_alone",
    "gzip_that_is_none", "coding_unknown",
    "busy_for_an_hour", "down_for_an_hour", "robots_429_for_an_hour",
)  # fmt: skip
LISTINGS = (
    "feed_ordinary", "feed_of_html", "feed_busy", "feed_gone", "feed_with_links_to_nowhere",
    "sitemap_ordinary", "sitemap_cut_short", "sitemap_index_loop",
)  # fmt: skip

outlets = st.lists(
    st.tuples(
        st.lists(st.sampled_from(PAGES), min_size=1, max_size=12, unique=True),
        st.lists(st.sampled_from(LISTINGS), max_size=2, unique=True),
    ),
    min_size=1,
    max_size=3,
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def newsroom(drawn: list[tuple[list[str], list[str]]]) -> list[dict[str, object]]:
    """A source for each outlet: a sitemap of the pages, and the listings beside it."""
    sources = []
    for number, (pages, listings) in enumerate(drawn):
        source = sitemap_source(f"outlet-{number}", ",".join(pages))
        for listing in (cases()[name] for name in listings):
            source["entry_points"].append({"kind": listing.kind, "url": listing.address})  # type: ignore[attr-defined]
        sources.append(source)
    return sources


def two_editions(
    site: Site, first: list[dict[str, object]], second: list[dict[str, object]]
) -> list[Edition]:
    """Two editions of a newsroom in a home of its own."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        (Path(folder) / "home").mkdir()
        patch.setenv("BROADSHEET_HOME", str(Path(folder) / "home"))
        patch.setenv("BROADSHEET_LOCAL_SITE", site.address)
        patch.setattr("core.plan.make_shards.__defaults__", (2,))
        return [
            collect_edition(Path(folder) / day, sources, day, fixed_edition=day)
            for day, sources in (("2026-10-16", first), ("2026-10-17", second))
        ]


@pytest.mark.timeout(300)
@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(outlets, outlets)
def test_nothing_found_is_lost(
    site: Site,
    first: list[tuple[list[str], list[str]]],
    second: list[tuple[list[str], list[str]]],
) -> None:
    for edition in two_editions(site, newsroom(first), newsroom(second)):
        assert_conserved(edition)


@pytest.mark.timeout(120)
def test_every_end_is_reached_and_counted(site: Site) -> None:
    drawn = [(list(PAGES), list(LISTINGS)), (list(PAGES[:7]), [])]
    first, second = two_editions(site, newsroom(drawn), newsroom(drawn))
    assert_conserved(first)
    assert_conserved(second)
    ends = set(first.disposition["status"]) | set(second.disposition["status"])
    assert ends == set(STATUSES) - {"quarantined"}  # the gate's, after landing
    found = first.discovered.group_by("source_id").len()
    settled = first.disposition.group_by("source_id").len()
    assert settled.sort("source_id").equals(found.sort("source_id"))


@pytest.mark.timeout(120)
def test_what_was_deferred_comes_again_though_no_feed_shows_it(site: Site) -> None:
    busy = ["busy_for_an_hour", "down_for_an_hour", "robots_429_for_an_hour", "http_1_0"]
    silent = [sitemap_source("outlet-0", "0")]
    first, second = two_editions(site, newsroom([(busy, [])]), silent)
    assert_conserved(second)
    deferred = first.disposition.filter(pl.col("status") == "deferred")["url"].sort()
    assert deferred.len() == 3
    again = second.discovered.filter(pl.col("via") == "deferred")["url"].sort()
    assert again.equals(deferred)
