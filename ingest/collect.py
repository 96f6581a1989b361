"""The station `collect`: the outlets of a shard discovered, fetched and archived.

A source whose archive of this edition is whole is answered from it, so that a task killed half
way, and a replay of a closed edition, ask no publisher twice.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import polars as pl

from core.config import EntryPoint, Fetching, Source
from core.errors import PlanError
from core.landed import LANDED, write_landed
from core.plan import Run, load_run, local_site_address
from ingest import archives, transport, urls
from ingest.archive import ArchiveFiles, ArchiveReader, ArchiveWriter, writing
from ingest.cage import Cage
from ingest.discover import Discoverer, Discovery, Found
from ingest.exchange import Exchange, Failure, Response
from ingest.fetch import Fetched, Fetcher, Pace, judge_response
from ingest.robots import MAX_BYTES, Robots, judge, product_token
from ingest.tables import PAGES, pages_path, part_name, read_state, state_before, write_table

LOGGER = logging.getLogger(__name__)
MOST_CONNECTIONS = 200
_PROGRESS_SECONDS = 5.0
Row = dict[str, Any]


def collect_shard(run_id: str, shard: dict[str, Any]) -> dict[str, Any]:
    """Collect the outlets of `shard` ({"label", "sources"}) and land what they showed.

    Returns:
        {"part", "found", "to_extract", "feed_status": {source_id: status}}.

    Raises:
        HomeError: the disk refused the archive or a landed file.
        PlanError: the newsroom's local site is not being served.
    """
    run = load_run(run_id)
    source_ids = list(shard["sources"])
    try:
        results = asyncio.run(_collect(run, [run.sources.source(one) for one in source_ids]))
    except BaseExceptionGroup as group:
        raise _first_of(group) from group
    part = part_name(source_ids)
    pages = [row for result in results for row in result.pages]
    discovered = [row for result in results for row in result.discovered]
    reports = [result.report for result in results]
    for table, rows in (("discovered", discovered), ("source_report", reports)):
        write_landed(pl.DataFrame(rows, LANDED[table]), run.landing, table, part)
    write_table(pages_path(run, "collected", part), pl.DataFrame(pages, PAGES), PAGES)
    return {
        "part": part,
        "found": len(pages),
        "to_extract": sum(row["status"] is None for row in pages),
        "feed_status": {result.source.id: result.report["feed_status"] for result in results},
    }


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What ended concurrent tasks: the first exception that is not itself a group."""
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first


def _local_site(run: Run, sources: list[Source]) -> tuple[str, int] | None:
    """Where every host of the newsroom resolves, None for the real network."""
    if run.sources.local_site is None:
        return None
    address = local_site_address()
    if address is None and run.mode == "collect" and any(one.kind == "web" for one in sources):
        raise PlanError(
            "this newsroom's local_site is not being served; start the edition with 'make run', "
            "which serves it, or name its host:port in BROADSHEET_LOCAL_SITE."
        )
    return address


async def _collect(run: Run, sources: list[Source]) -> list["SourceCollector"]:
    local_site = _local_site(run, sources)
    deadline = max(run.sources.fetching_of(source).deadline_seconds for source in sources)
    with Cage(workers=1) as cage:
        async with transport.session(
            run.sources.user_agent, deadline, is_local=local_site is not None
        ) as client:
            shared = _Shared(run, client, cage, local_site)
            collectors = [SourceCollector(source, shared) for source in sources]
            async with asyncio.TaskGroup() as group:
                for collector in collectors:
                    group.create_task(collector.collect())
    return collectors


class _Shared:
    """What the sources of a shard share: the client, the cage, and each host's pace."""

    def __init__(
        self,
        run: Run,
        client: aiohttp.ClientSession,
        cage: Cage,
        local_site: tuple[str, int] | None,
    ) -> None:
        self.run, self.client, self.cage, self.local_site = run, client, cage, local_site
        self.slots = asyncio.Semaphore(MOST_CONNECTIONS)
        self.paces: dict[str, Pace] = {}

    def pace(self, host: str, limits: Fetching) -> Pace:
        known = self.paces.get(host)
        if known is None:
            known = Pace(limits.connections_per_host, limits.min_gap_seconds)
            self.paces[host] = known
        return known


class SourceCollector:
    """Collects one source; `discovered`, `pages` and `report` are its rows afterwards."""

    def __init__(self, source: Source, shared: _Shared) -> None:
        self.source, self._shared, self._run = source, shared, shared.run
        self._limits = shared.run.sources.fetching_of(source)
        self._agent = product_token(shared.run.sources.user_agent)
        self._robots: dict[str, asyncio.Task[Robots]] = {}
        self._known: dict[str, Row] = {}
        self._fetcher: Fetcher
        self._is_live = False
        self.discovered: list[Row] = []
        self.pages: list[Row] = []
        self.report: Row = {}

    async def collect(self) -> None:
        """Discover, fetch and archive; afterwards the source's rows are complete."""
        files = ArchiveFiles(self._run.archive, self.source.id)
        with _way(files, self._shared) as way:
            self._fetcher = Fetcher(way.transport, self._pace, self._limits.max_redirects)
            self._is_live = way.archive is not None
            state = read_state(self._run.paths, way.base_state, [self.source.id])
            self._known = {row["url"]: row for row in state.iter_rows(named=True)}
            found = await Discoverer(
                self.source, self._limits, self._fetcher, self._why_not, self._shared.cage
            ).discover()
            await self._fetch_all(found)
            self._take_imports(found, way)
        self._report(found)

    def _pace(self, host: str) -> Pace:
        """A replay asks nobody and waits for nobody."""
        return self._shared.pace(host, self._limits) if self._is_live else Pace(1, 0.0)

    # pages --------------------------------------------------------------------------------

    async def _fetch_all(self, found: Discovery) -> None:
        """Fetch what has to be fetched, each host by its own few workers."""
        queues: dict[str, list[tuple[Row, Found]]] = {}
        for number, page in enumerate(found.pages.values()):
            row = self._row(page)
            self.pages.append(row)
            self.discovered.append(self._discovered_row(page))
            row["status"], row["reason"] = self._settled(page, number)
            if row["status"] is None:
                queues.setdefault(urls.host(page.url), []).append((row, page))
        progress = _Progress(self.source.id, sum(map(len, queues.values())))
        async with asyncio.TaskGroup() as group:
            for queue in queues.values():
                queue.reverse()  # taken from the end
                for _ in range(self._limits.connections_per_host):
                    group.create_task(self._work(queue, progress))

    async def _work(self, queue: list[tuple[Row, Found]], progress: "_Progress") -> None:
        while queue:
            row, page = queue.pop()
            refusal = await self._why_not(page.url)
            if refusal:
                row["status"], row["reason"] = "robots_disallowed", refusal
            else:
                fetched = await self._fetcher.fetch(
                    urls.without_fragment(page.found_url),
                    "page",
                    self._limits.max_page_bytes,
                    self._why_not,
                )
                row.update(_outcome(fetched, self._run))
                robots = await self._rules(page.url)
                row["refuses_ai"] = robots.refuses_ai(page.url)
            progress.step()

    def _settled(self, page: Found, number: int) -> tuple[str | None, str | None]:
        """The disposition of a page that need not be fetched, with its reason."""
        if page.refusal:
            return "blocked_address", page.refusal
        hint = page.published or page.updated
        oldest = self._run.edition - timedelta(days=self._run.sources.max_age_days)
        if hint and hint.last_possible_day() < oldest:
            return "out_of_window", f"published {hint.value.date()}"
        known = self._known.get(page.url)
        if known and known["status"] == "out_of_window":
            return "out_of_window", "older than the window when it was last fetched"
        if known and not (page.updated and page.updated.value > known["fetched_at"]):
            return "unchanged", None
        if number >= self._limits.max_urls:
            return "deferred", f"more than {self._limits.max_urls} URLs in one edition"
        return None, None

    def _row(self, page: Found) -> Row:
        known = self._known.get(page.url, {})
        hint = page.published
        return dict.fromkeys(PAGES.names()) | {
            "source_id": self.source.id,
            "url": page.url,
            "kind": "http",
            "first_seen_at": known.get("first_seen_at") or page.at,
            "title_hint": page.title,
            "hint_method": page.method,
            "hint_value": hint.value if hint else None,
            "hint_precision": hint.precision if hint else None,
            "known_version": known.get("version_id"),
            "article_id": known.get("article_id"),
            "version_id": known.get("version_id"),
        }

    def _discovered_row(self, page: Found) -> Row:
        return {
            "source_id": self.source.id,
            "url": page.url,
            "found_url": page.found_url,
            "via": page.via,
            "position": page.position,
            "title_hint": page.title,
            "published_hint": page.published.value if page.published else None,
            "discovered_at": page.at,
        }

    # archives and the report --------------------------------------------------------------

    def _take_imports(self, found: Discovery, way: "_Way") -> None:
        """Rows for what the source's archives hold."""
        known = {row["url"] for row in self.pages}
        for point in self.source.entry_points:
            if point.path is None:
                continue
            try:
                for exchange in way.imports(self._run, self.source, point):
                    if exchange.url not in known:
                        known.add(exchange.url)
                        self.pages.append(self._imported_row(exchange))
                        self.discovered.append(self._imported_sighting(exchange, point.path))
            except archives.ArchiveUnreadableError as error:
                LOGGER.warning("%s: %s", self.source.id, error)
                found.worsen("unreachable")

    def _imported_row(self, exchange: Exchange) -> Row:
        is_record = isinstance(exchange, Response) and (
            exchange.header("Content-Type") == archives.RECORD_TYPE
        )
        page = Found(exchange.url, exchange.url, "", 0, self._run.cutoff)
        fetched = judge_response(exchange)
        return (
            self._row(page)
            | _outcome(fetched, self._run)
            | {"kind": "record" if is_record else "http"}
        )

    def _imported_sighting(self, exchange: Exchange, via: str) -> Row:
        return self._discovered_row(Found(exchange.url, exchange.url, via, 0, self._run.cutoff))

    def _report(self, found: Discovery) -> None:
        fresh = bool(found.pages) and not any(url in self._known for url in found.pages)
        self.report = {
            "source_id": self.source.id,
            "feed_status": found.feed_status,
            "lost_items": bool(self._known) and fresh,
        }
        LOGGER.info("%s: %d pages, feed %s", self.source.id, len(self.pages), found.feed_status)

    # robots -------------------------------------------------------------------------------

    async def _why_not(self, url: str) -> str | None:
        return (await self._rules(url)).why_not(url, self._agent)

    async def _rules(self, url: str) -> Robots:
        """The robots.txt of a URL's origin, fetched once."""
        origin = urls.origin(url)
        if origin not in self._robots:
            self._robots[origin] = asyncio.create_task(self._fetch_robots(origin))
        return await self._robots[origin]

    async def _fetch_robots(self, origin: str) -> Robots:
        robots = judge(await self._fetcher.fetch(f"{origin}/robots.txt", "robots", 2 * MAX_BYTES))
        delay = min(robots.crawl_delay(self._agent), self._limits.max_crawl_delay_seconds)
        pace = self._shared.pace(urls.host(origin), self._limits)
        pace.gap_seconds = max(pace.gap_seconds, delay)
        return robots


@dataclass(frozen=True)
class _Way:
    """How a source gets its answers: live and into `archive`, or replayed by `reader`.

    `base_state` is the collector's state that the source's collect began with.
    """

    transport: transport.Transport
    base_state: str | None
    archive: ArchiveWriter | None = None
    reader: ArchiveReader | None = None

    def imports(self, run: Run, source: Source, point: EntryPoint) -> Iterator[Exchange]:
        if self.archive is not None:
            return archives.imported(run, source, point, self.archive)
        return self.reader.imports(str(point.path)) if self.reader else iter(())


@contextmanager
def _way(files: ArchiveFiles, shared: _Shared) -> Iterator[_Way]:
    run = shared.run
    if files.is_complete() or run.mode == "replay":
        reader = ArchiveReader(files)
        replay = transport.ReplayTransport(reader, run.cutoff)
        yield _Way(replay, reader.notes.get("base_state"), reader=reader)
        return
    base_state = state_before(run.paths, run.collect_id)
    with writing(files, run.sources.user_agent) as archive:
        archive.entries.append({"base_state": base_state})
        live = transport.LiveTransport(
            shared.client, archive, run.now, shared.slots, shared.local_site
        )
        yield _Way(live, base_state, archive=archive)


def _outcome(fetched: Fetched, run: Run) -> Row:
    """What fetching adds to a page's row."""
    exchange = fetched.exchange
    row = {
        "status": fetched.status,
        "reason": fetched.reason,
        "http_status": fetched.http_status,
        "fetched_url": exchange.url,
        "permanent_url": fetched.permanent_url,
        "fetched_at": exchange.at,
    }
    if isinstance(exchange, Failure):
        return row
    return row | {"file": str(run.archive / exchange.file), "offset": exchange.offset}


class _Progress:
    """A line in the log every few seconds of a long source."""

    def __init__(self, name: str, total: int) -> None:
        self._name, self._total, self._done, self._last = name, total, 0, time.monotonic()

    def step(self) -> None:
        self._done += 1
        if time.monotonic() - self._last >= _PROGRESS_SECONDS:
            self._last = time.monotonic()
            LOGGER.info("%s: %d of %d pages", self._name, self._done, self._total)
