"""The hostile site collected in one edition: every case ends as its table says."""

from collections.abc import Iterator

import pytest
from polars.testing import assert_frame_equal

from core.plan import plan_run
from ingest import urls
from ingest.collect import collect_shard
from ingest.tables import part_name, read_pages
from tests.ingest.hostile_edition import Edition, assert_conserved, collect_edition, sources_of
from tests.support.hostile.cases import Case, cases
from tests.support.hostile.server import Site, asked, serving

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("hostile")]
LIGHT = [case for case in cases().values() if case.pace != "heavy"]
PAGES = [case for case in LIGHT if case.kind == "page"]
LISTINGS = [case for case in LIGHT if case.kind != "page"]
PARSER_SECONDS = 12.0


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def edition(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edition]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "home").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_HOME", str(folder / "home"))
        patch.setenv("BROADSHEET_LOCAL_SITE", site.address)
        patch.setattr("core.plan.make_shards.__defaults__", (1,))  # all sources at once
        patch.setattr("ingest.cage.Cage.__init__.__defaults__", (PARSER_SECONDS, 1_500_000_000))
        yield collect_edition(folder, sources_of(LIGHT))


def test_there_are_at_least_60_cases() -> None:
    assert len(cases()) >= 60


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.name)
def test_page(case: Case, edition: Edition) -> None:
    status, reason = edition.end_of(case)
    assert (status, case.reason in reason) == (case.status, True), reason
    if case.text:
        assert case.text in edition.text_of(case)


@pytest.mark.parametrize("case", LISTINGS, ids=lambda case: case.name)
def test_listing(case: Case, edition: Edition) -> None:
    assert edition.feed_status_of(case) == case.status
    if case.found is not None:
        assert edition.found_by(case) == case.found


def test_every_url_has_exactly_one_end(edition: Edition) -> None:
    assert_conserved(edition)


def test_no_secret_is_landed(edition: Edition) -> None:
    landed = str(edition.disposition.rows()) + str(edition.discovered.rows())
    assert "secret" not in landed
    assert "root:x:" not in landed + str(edition.articles.rows())


def test_no_text_holds_control_characters(edition: Edition) -> None:
    texts = "".join(edition.articles["title"]) + "".join(edition.articles["text"])
    assert not {one for one in texts if ord(one) < 32 or 127 <= ord(one) < 160} - {"\n"}


def test_nothing_but_the_pages_was_asked(edition: Edition, site: Site) -> None:
    requests = asked(site.address)
    assert {method for _, method, _, _ in requests} == {"GET"}
    assert not [path for _, _, _, path in requests if path.endswith(".dtd")]
    sitemaps = {"usual-pages.test", "slow-pages.test"}
    others = {"shared.test", "xn--bcher-kva.test"}
    assert {host for _, _, host, _ in requests} <= {case.host for case in LIGHT} | sitemaps | others


def test_no_page_speaks_for_another_site(edition: Edition) -> None:
    addresses = edition.articles.select("url", "fetched_url").rows()
    assert [one for one in addresses if not urls.same_site(*one)] == []


def test_a_replay_asks_nobody_and_finds_the_same(edition: Edition, site: Site) -> None:
    before = asked(site.address)
    replay = plan_run("replay", sources=str(edition.sources))
    assert replay.mode == "replay"
    for shard in replay.shards:
        collect_shard(replay.run_id, shard.model_dump())
        part = part_name(shard.sources)
        first, second = (
            read_pages(run, "collected", part).sort("source_id", "url")
            for run in (edition.run, replay)
        )
        assert_frame_equal(first, second)
    assert asked(site.address) == before
