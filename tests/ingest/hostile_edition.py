"""One edition of the hostile site: a source for all pages, one for each feed and sitemap."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import polars as pl

from core.landed import read_landed
from core.plan import Run, plan_run
from ingest import urls
from ingest.collect import collect_shard
from ingest.extract_shard import extract_shard
from ingest.land import land_edition
from tests.ingest.site import write_sources
from tests.support.hostile.cases import Case

LIMITS: dict[str, object] = {
    "min_gap_seconds": 0,
    "deadline_seconds": 15,
    "max_hosts": 1_000,
    "read_seconds": 5,
    "max_pause_seconds": 2,
    "max_feed_entries": 500,
    "max_sitemaps": 10,
    "max_crawl_delay_seconds": 0.5,
}
IMPATIENT = {"deadline_seconds": 2, "read_seconds": 1}


@dataclass(frozen=True)
class Edition:
    """What a run landed."""

    run: Run
    sources: Path
    discovered: pl.DataFrame
    disposition: pl.DataFrame
    reports: pl.DataFrame
    articles: pl.DataFrame

    def end_of(self, case: Case) -> tuple[str, str]:
        """Disposition and reason of a page's case."""
        mine = (pl.col("source_id") == f"{case.pace}-pages") & (pl.col("url") == key_of(case))
        rows = self.disposition.filter(mine).rows(named=True)
        assert len(rows) == 1, f"{case.name} has {len(rows)} ends"
        return rows[0]["status"], rows[0]["reason"] or ""

    def text_of(self, case: Case) -> str:
        """Title and text of the article that came of a page's case."""
        url = pl.col("fetched_url").str.contains(case.host, literal=True)
        title, text = self.articles.filter(url).select("title", "text").row(0)
        return f"{title}\n{text}"

    def feed_status_of(self, case: Case) -> str:
        report = self.reports.filter(pl.col("source_id") == source_id(case))
        return str(report["feed_status"].item())

    def found_by(self, case: Case) -> int:
        return self.discovered.filter(pl.col("source_id") == source_id(case)).height


def key_of(case: Case) -> str:
    """The URL under which a case's page is landed; a refused one without its credentials."""
    try:
        return urls.canonical_url(case.address)
    except urls.UrlRefusedError:
        return urls.without_credentials(case.address)


def source_id(case: Case) -> str:
    return case.name.replace("_", "-")


def sitemap_source(name: str, wanted: str) -> dict[str, object]:
    """A source whose sitemap the hostile site makes to order (see `cases.respond`)."""
    url = f"https://{name}.test/of/{wanted}"
    return {"id": name, "entry_points": [{"kind": "sitemap", "url": url}]}


def sources_of(cases: Iterable[Case]) -> list[dict[str, object]]:
    """One source for each listing among the cases, one for all pages of a pace."""
    sources: list[dict[str, object]] = []
    pages: dict[str, list[str]] = {}
    for case in cases:
        if case.kind == "page":
            pages.setdefault(case.pace, []).append(case.name)
        else:
            points = [{"kind": case.kind, "url": case.address}]
            sources.append({"id": source_id(case), "entry_points": points, **_patience(case.pace)})
    for pace, names in pages.items():
        sources.append(sitemap_source(f"{pace}-pages", ",".join(names)) | _patience(pace))
    return sources


def _patience(pace: str) -> dict[str, object]:
    return {"fetching": IMPATIENT} if pace == "slow" else {}


def collect_edition(
    folder: Path,
    sources: list[dict[str, object]],
    run_id: str = "hostile",
    *,
    limits: Mapping[str, object] = MappingProxyType({}),
    **settings: object,
) -> Edition:
    """Plan, collect, extract and land the sources against the served hostile site."""
    path = write_sources(folder, *sources, fetching={**LIMITS, **limits}, **settings)
    run = plan_run(run_id, sources=str(path))
    for station in (collect_shard, extract_shard):
        for shard in run.shards:
            station(run.run_id, shard.model_dump())
    land_edition(run.run_id)
    tables = ("discovered", "disposition", "source_report", "article")
    return Edition(run, path, *(read_landed(run.landing, table) for table in tables))


def assert_conserved(edition: Edition) -> None:
    """discovered = sum of dispositions for every source, URL by URL."""
    keys = ["source_id", "url"]
    found = edition.discovered.select(keys).sort(keys)
    assert not found.is_duplicated().any()
    assert edition.disposition.select(keys).sort(keys).equals(found)
    assert edition.disposition["status"].null_count() == 0
    sources = {source.id for source in edition.run.sources.sources}
    assert set(edition.reports["source_id"]) == sources
