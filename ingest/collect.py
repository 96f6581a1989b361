"""The station `collect`: the outlets of a shard looked at, their pages fetched and archived.

A poll looks once. The run that closes an edition goes through the archives of all looks since the
edition before and looks once more. A look whose archive is whole is answered from it, so that a
task killed half way, and a replay of a closed edition, ask no publisher twice.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import polars as pl

from core.config import EntryPoint, Source
from core.errors import HomeError, PlanError
from core.files import exclusive_lock, whole_file
from core.landed import LANDED, write_frames, write_landed, write_landed_parts
from core.plan import Run, load_run, local_site_address, read_closed
from core.takedowns import read_takedowns
from ingest import archives, transport
from ingest.archive import ArchiveFiles, ArchiveReader, ArchiveWriter, adopt, writing
from ingest.cage import Cage
from ingest.discover import Discovery
from ingest.exchange import Exchange
from ingest.frontier import Frontier
from ingest.hosts import Host, Hosts
from ingest.look import Look, Way
from ingest.polls import next_interval
from ingest.state import (
    STATE,
    LookId,
    is_closing,
    known_before,
    looks_since,
    read_known,
    state_path,
)
from ingest.tables import PAGES, learned_path, pages_path, part_name

LOGGER = logging.getLogger(__name__)
_LEAST_CONNECTIONS = 8
_UNREADABLE = "unreadable: "  # begins a note of the ledger on an archive that could not be read
_KEPT = timedelta(days=60)  # how long a page that is no longer shown stays known


def collect_shard(run_id: str, shard: dict[str, Any]) -> dict[str, Any]:
    """Collect the outlets of `shard` ({"label", "sources"}); a closing run lands what they showed.

    Returns:
        {"part", "found", "to_extract", "feed_status": {source_id: status}}.

    Raises:
        HomeError: the disk refused the archive or a landed file.
        PlanError: the newsroom's local site is not being served.
    """
    run = load_run(run_id)
    source_ids = sorted(shard["sources"])
    sources = [run.sources.source(one) for one in source_ids]
    part = part_name(list(shard["sources"]))
    with ExitStack() as stack:
        for one in source_ids:  # a poll and a closing run never collect one source at once
            stack.enter_context(exclusive_lock(run.paths.locks / f"{one}.source"))
        collectors = [stack.enter_context(_Collector(run, source)) for source in sources]
        asyncio.run(_collect(run, collectors))
        _write(run, collectors, part)
    pages = pl.scan_parquet(pages_path(run, "collected", part)).select("status")
    return {
        "part": part,
        "found": pages.select(pl.len()).collect().item(),
        "to_extract": pages.filter(pl.col("status").is_null()).select(pl.len()).collect().item(),
        "feed_status": {one.source.id: one.report["feed_status"] for one in collectors},
    }


def _write(run: Run, collectors: list["_Collector"], part: str) -> None:
    def pages() -> Iterator[pl.DataFrame]:
        for one in collectors:
            yield from one.frontier.export_pages(one.source.id)

    def discovered() -> Iterator[pl.DataFrame]:
        for one in collectors:
            yield from one.frontier.export_discovered(one.source.id)

    def learned() -> Iterator[pl.DataFrame]:
        for one in collectors:
            yield from one.learned()

    _write_work(pages_path(run, "collected", part), pages(), PAGES)
    _write_work(learned_path(run, part), learned(), STATE)
    if run.is_closing:
        reports = pl.DataFrame([one.report for one in collectors], LANDED["source_report"])
        write_landed(reports, run.landing, "source_report", part)
        write_landed_parts(discovered(), run.landing, "discovered", part)


def _write_work(path: Any, frames: Iterable[pl.DataFrame], schema: pl.Schema) -> None:
    with whole_file(path) as temporary:
        write_frames(temporary, frames, schema)


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


async def _collect(run: Run, collectors: list["_Collector"]) -> None:
    local_site = _local_site(run, [one.source for one in collectors])
    with Cage(workers=1) as cage:
        async with transport.clients(run.sources.user_agent, local_site) as clients:
            connections = max(_LEAST_CONNECTIONS, transport.MOST_CONNECTIONS // len(collectors))
            shared = _Shared(clients, cage, Hosts(run.paths.locks), connections)
            looks = (collector.collect(shared) for collector in collectors)
            ended = await asyncio.gather(*looks, return_exceptions=True)
    for error in filter(None, ended):  # after the others, whose archives are whole by now
        raise _first_of(error)


def _first_of(error: BaseException) -> BaseException:
    """What ended concurrent tasks: the first exception that is not itself a group."""
    return _first_of(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


@dataclass(frozen=True)
class _Shared:
    """What the sources of a shard share."""

    clients: transport.Clients
    cage: Cage
    hosts: Hosts
    connections: int  # of one source at once, so that slow ones leave room for the others


def _imported_again(reader: ArchiveReader, path: str) -> Iterator[Exchange]:
    """What the look imported from an archive, or the fault that it met there."""
    if fault := reader.notes.get(f"{_UNREADABLE}{path}"):
        raise archives.ArchiveUnreadableError(fault)
    return reader.imports(path)


class _Collector:
    """Collects one source; `frontier` and `report` tell afterwards what came of it."""

    def __init__(self, run: Run, source: Source) -> None:
        self.source, self._run = source, run
        self.frontier = Frontier(run.work / "frontier" / f"{source.id}.sqlite")
        self.report: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.frontier.close()

    async def collect(self, shared: _Shared) -> None:
        """Go through the looks of the edition that are archived, and look once more.

        A poll that comes when its edition is closed already does not look.
        """
        run, own = self._run, LookId(self._run.edition.isoformat(), self._run.collect_id)
        founds: list[Discovery] = []
        if run.is_closing or read_closed(run.paths, run.edition) is None:
            is_archived = self._files(own).is_complete() or run.mode == "replay"
            earlier = self._noted_looks(own) if is_archived else self._earlier_looks()
            founds = [await self._replay(look, shared) for look in earlier]
            take = self._replay if is_archived else self._look
            founds.append(await take(own, shared))
        self._report(founds)

    def learned(self) -> Iterator[pl.DataFrame]:
        """What is now known of the source: all of it after a closing look, else what is new."""
        return self.frontier.export_known(self.source.id, only_new=not self._run.is_closing)

    def _files(self, look: LookId) -> ArchiveFiles:
        return ArchiveFiles(self._run.paths.archive(look.edition, look.collect_id), self.source.id)

    def _earlier_looks(self) -> list[LookId]:
        """The archived looks that this run closes.

        Raises:
            HomeError: a look that left its state has no archive any more.
        """
        looks = [LookId.parse(one) for one in self._run.looks]
        for look in looks:
            if not self._is_whole(look) and self._is_told(look.collect_id):
                raise self._gone(look)
        return [look for look in looks if self._files(look).is_complete()]

    def _noted_looks(self, own: LookId) -> list[LookId]:
        """The looks that an archived closing look came after.

        Raises:
            HomeError: its archive, or one of theirs, is gone.
        """
        if not self._files(own).is_complete():
            raise self._gone(own)
        looks = ArchiveReader(self._files(own)).notes.get("looks", [])
        for look in map(LookId.parse, looks):
            if not self._files(look).is_complete():
                raise self._gone(look)
        return [LookId.parse(look) for look in looks]

    def _gone(self, look: LookId) -> HomeError:
        return HomeError(
            f"the archive of {self.source.id} in {self._files(look).folder} is gone or not whole; "
            "bring it back from a backup, then run the edition again. What is published stays."
        )

    def _is_whole(self, look: LookId) -> bool:
        """Whether the look was archived; a killed poll's archive is completed with what it got.

        The source's lock is held, so nobody is writing it.
        """
        files = self._files(look)
        if files.is_unfinished() and not is_closing(look.collect_id):
            LOGGER.warning("%s: the look %s was killed; what it got is kept", self.source.id, look)
            adopt(files, self._run.sources.user_agent)
        return files.is_complete()

    # looks --------------------------------------------------------------------------------

    async def _replay(self, look: LookId, shared: _Shared) -> Discovery:
        """A look as it was, from its archive."""
        reader = ArchiveReader(self._files(look))
        at = datetime.fromisoformat(reader.notes.get("at", self._run.cutoff.isoformat()))
        await self._know(reader.notes.get("base", []), shared)
        way = Way(
            transport=transport.ReplayTransport(reader, at),
            hosts=lambda _: Host(1, 0.0),  # a replay asks nobody and waits for nobody
            now=lambda: at,
            folder=self._files(look).folder,
            imports=lambda point: _imported_again(reader, str(point.path)),
        )
        is_conditional = bool(reader.notes.get("is_conditional"))
        return await self._take(look, way, shared, at, is_conditional=is_conditional)

    async def _look(self, look: LookId, shared: _Shared) -> Discovery:
        """A look over the network, into its archive; a killed one goes on where it stopped."""
        run, files = self._run, self._files(look)
        limits = run.sources.fetching_of(self.source)
        taken_down = read_takedowns(run.paths).urls
        with writing(files, run.sources.user_agent, taken_down) as archive:
            reader = ArchiveReader(files)
            notes = reader.notes or self._first_line(look)
            if not reader.notes:
                archive.note(notes)
            await self._know(notes["base"], shared)
            for row in self.frontier.known_hosts():
                shared.hosts.get(row["url"], limits).hold(row["not_before"])
            policy = transport.Policy.of(self.source)
            live = transport.LiveTransport(
                shared.clients,
                policy,
                archive,
                limits,
                run.now,
                connections=shared.connections,
            )
            way = Way(
                transport=transport.ResumingTransport(reader, live) if reader.notes else live,
                hosts=lambda name: shared.hosts.get(name, limits),
                now=run.now,
                folder=files.folder,
                imports=lambda point: self._imported(point, archive),
            )
            at = datetime.fromisoformat(notes["at"])
            return await self._take(look, way, shared, at, is_conditional=notes["is_conditional"])

    def _first_line(self, look: LookId) -> dict[str, Any]:
        """What the ledger says first: all that the look depends on besides the answers."""
        return {
            "at": self._run.now().isoformat(),
            "base": self._base(look),
            "is_conditional": not self._run.is_closing,
            "looks": [str(one) for one in self._earlier_looks()],
        }

    def _imported(self, point: EntryPoint, archive: ArchiveWriter) -> Iterator[Exchange]:
        """What an archive entry point holds; polls leave it to the look that closes the edition."""
        if not self._run.is_closing:
            return
        try:
            yield from archives.imported(self._run, self.source, point, archive)
        except archives.ArchiveUnreadableError as error:
            archive.note({f"{_UNREADABLE}{point.path}": str(error)})
            raise

    async def _take(
        self, look: LookId, way: Way, shared: _Shared, at: datetime, *, is_conditional: bool
    ) -> Discovery:
        self.frontier.begin(look.collect_id)
        taken = Look(self._run, self.source, self.frontier, way, shared.cage, at=at)
        await taken.take(is_conditional=is_conditional)
        if self._run.is_closing:
            self.frontier.mark_shown(at)
            self.frontier.drop_old(at - _KEPT)
        self._plan_next(taken.found, at)
        return taken.found

    def _plan_next(self, found: Discovery, at: datetime) -> None:
        """When a poll is to look next."""
        known = self.frontier.known("source", self.source.id) or {}
        minutes = next_interval(known.get("interval_minutes"), found.new_share)
        self.frontier.learn(
            "source",
            self.source.id,
            status=found.feed_status,
            fetched_at=at,
            interval_minutes=minutes,
            not_before=at + timedelta(minutes=minutes),
        )

    # what is known before a look ----------------------------------------------------------

    def _base(self, look: LookId) -> list[str]:
        """The states, and the looks that have none yet, that say what is known before `look`."""
        states = known_before(self._run.paths, look.collect_id)
        since = states[0] if states and is_closing(states[0]) else ""
        stateless = [
            str(one)
            for one in looks_since(self._run.paths, since)
            if since < one.collect_id < look.collect_id
            and (one.collect_id not in states or not self._is_told(one.collect_id))
            and self._is_whole(one)
        ]
        return sorted([*states, *stateless], key=lambda step: step.rpartition("/")[2])

    def _is_told(self, collect_id: str) -> bool:
        """Whether that look's state says anything of the source: a killed shard's says nothing."""
        if not state_path(self._run.paths, collect_id).exists():
            return False
        [rows] = read_known(self._run.paths, [collect_id], self.source.id)
        return not rows.is_empty()

    async def _know(self, base: list[str], shared: _Shared) -> None:
        """Fill the frontier with what is known before a look."""
        self.frontier.forget()
        for step in base:
            if "/" not in step:
                for rows in read_known(self._run.paths, [step], self.source.id):
                    self.frontier.know(rows)
                continue
            LOGGER.info("%s: the look of %s left no state; it is replayed", self.source.id, step)
            await self._learn_from(LookId.parse(step), shared)
        self.frontier.rest()

    async def _learn_from(self, look: LookId, shared: _Shared) -> None:
        """Learn what a look found out, and keep none of its pages."""
        reader = ArchiveReader(self._files(look))
        at = datetime.fromisoformat(reader.notes["at"])
        way = Way(
            transport=transport.ReplayTransport(reader, at),
            hosts=lambda _: Host(1, 0.0),
            now=lambda: at,
            folder=self._files(look).folder,
            imports=lambda _point: iter(()),
        )
        self.frontier.begin("learning")
        taken = Look(self._run, self.source, self.frontier, way, shared.cage, at=at)
        await taken.take(is_conditional=bool(reader.notes["is_conditional"]))
        self._plan_next(taken.found, at)
        self.frontier.drop_look()

    def _report(self, founds: list[Discovery]) -> None:
        last = founds[-1] if founds else Discovery("deferred")
        self.report = {
            "source_id": self.source.id,
            "feed_status": last.feed_status,
            "lost_items": any(found.lost_items for found in founds),
            "looks": len(founds),
            "failed_looks": sum(found.feed_status != "ok" for found in founds),
            "tls_verified": self.source.verify_tls,
        }
        LOGGER.info("%s: feed %s, %d looks", self.source.id, last.feed_status, len(founds))
