"""The plan of a run: which edition, which outlets, by which clock; made once, read by all.

`plan_run` is the only place where an edition is resolved. It writes `work/<run_id>/run.json`;
every station afterwards reads it with `load_run`, so a task needs no more than the run id.
"""

import os
import re
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from core.config import (
    Entities,
    Sources,
    Thresholds,
    config_folder,
    load_entities,
    load_sources,
    load_themes,
    load_thresholds,
)
from core.errors import HomeError, PlanError
from core.files import read_json, write_json
from core.home import Home
from core.knowledge_base import named_base
from core.taxonomy import Themes

CUTOFF = time(5, 0)
MAX_SHARDS = 4
_CLOSING = timedelta(hours=2)
_OPEN_DAYS = 35  # a poll that no edition took for so long is taken by none
_LOADERS: dict[str, Callable[[Path], object]] = {
    "sources.yml": load_sources,
    "themes.yml": load_themes,
    "entities.yml": load_entities,
    "thresholds.yml": load_thresholds,
}


class Shard(BaseModel):
    """Outlets that one task handles; `label` is its name in the Airflow UI."""

    model_config = ConfigDict(frozen=True)
    label: str
    sources: list[str]


class Run(BaseModel):
    """What every station of one run has to agree on; times are naive UTC.

    `mode` is `collect` for an edition that is still open, `replay` for a closed one, which is
    rebuilt from its archive and never fetched again. `clock_offset` (seconds) is added to the
    machine's clock; it is 0 but for a newsroom with a fixed edition. A run that `is_closing` an
    edition goes through the archived `looks` ("<edition>/<collect_id>") since the one before; a
    poll is a look between editions. A backfill may run beside the daily run.
    """

    model_config = ConfigDict(frozen=True)
    run_id: str
    home: Path
    edition: date
    cutoff: datetime
    collect_id: str
    mode: Literal["collect", "replay"]
    clock_offset: float
    sources_folder: Path
    shards: list[Shard]
    is_closing: bool = True
    is_backfill: bool = False
    looks: list[str] = []

    @property
    def paths(self) -> Home:
        return Home(self.home)

    @property
    def archive(self) -> Path:
        return self.paths.archive(self.edition, self.collect_id)

    @property
    def landing(self) -> Path:
        return self.paths.landing(self.edition, self.collect_id)

    @property
    def work(self) -> Path:
        return self.paths.work(self.run_id)

    @property
    def config(self) -> Path:
        """The run's own copy of the configuration: an edit during the run changes nothing."""
        return self.work / "config"

    @cached_property
    def sources(self) -> Sources:
        return load_sources(self.config / "sources.yml")

    @cached_property
    def themes(self) -> Themes:
        return load_themes(self.config / "themes.yml")

    @cached_property
    def entities(self) -> Entities:
        return load_entities(self.config / "entities.yml")

    @cached_property
    def thresholds(self) -> Thresholds:
        return load_thresholds(self.config / "thresholds.yml")

    def now(self) -> datetime:
        """The moment of an observation (a fetch), as naive UTC, in whole milliseconds."""
        moment = datetime.now(UTC) + timedelta(seconds=self.clock_offset)
        return moment.replace(tzinfo=None, microsecond=moment.microsecond // 1000 * 1000)


def safe_run_id(dag_run_id: str) -> str:
    """A DAG run's id as a file name."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", dag_run_id).strip("-.")


def load_run(run_id: str, home: Home | None = None) -> Run:
    """The plan of `run_id`.

    Raises:
        PlanError: no run of that id was planned in this home.
    """
    home = home or Home.from_environment()
    path = home.work(run_id) / "run.json"
    if not path.exists():
        raise PlanError(f"no run '{run_id}' was planned in {home.root}; start one with 'make run'.")
    return Run.model_validate(read_json(path))


def plan_run(
    run_id: str,
    *,
    edition: str | None = None,
    sources: str | None = None,
    themes: str | None = None,
    entities: str | None = None,
    data_interval_end: datetime | None = None,
    is_backfill: bool = False,
    home: Home | None = None,
) -> Run:
    """Resolve edition, sources and shards and write them to `work/<run_id>/run.json`.

    The edition is the parameter, or the sources file's fixed one, or the UTC date of
    `data_interval_end`, or today's. `sources`, `themes` and `entities` are files that stand in for
    those of the configuration. A backfill goes through days that are over, so it reads archives
    alone. Planning the same run again gives the first plan.

    Raises:
        PlanError: the edition is no date or lies in the future, or nothing can be collected for it.
        ConfigError: a configuration file is wrong.
        KnowledgeBaseError: the named knowledge base is absent or another.
        HomeError: the home cannot be written.
    """
    home = (home or Home.from_environment()).require_writable()
    run_id = safe_run_id(run_id)
    if (home.work(run_id) / "run.json").exists():
        return load_run(run_id, home)
    given = {"sources.yml": sources, "themes.yml": themes, "entities.yml": entities}
    folder = _copy_configuration(home.work(run_id) / "config", given)
    named_base(load_entities(home.work(run_id) / "config" / "entities.yml"), home, verify=True)
    newsroom = load_sources(home.work(run_id) / "config" / "sources.yml")
    now = datetime.now(UTC)
    day = resolve_edition(edition, newsroom, data_interval_end, now)
    if is_backfill and newsroom.fixed_edition is not None:
        raise PlanError(
            f"a newsroom with the fixed edition {day} has no other days; name a sources file "
            "without 'fixed_edition' to backfill."
        )
    closed = read_closed(home, day)
    is_over = is_backfill or (bool(edition) and day < now.date() and day != newsroom.fixed_edition)
    active = _collected(newsroom, day, closed, is_over=is_over)
    cutoff = datetime.combine(day, CUTOFF)
    run = Run(
        run_id=run_id,
        home=home.root,
        edition=day,
        cutoff=cutoff,
        collect_id=closed["collect_id"] if closed else f"{day:%Y%m%d}T{CUTOFF:%H%M}",
        mode="replay" if closed else "collect",
        clock_offset=(cutoff - now.replace(tzinfo=None)).total_seconds()
        if newsroom.fixed_edition == day
        else 0.0,
        sources_folder=folder,
        shards=make_shards(newsroom, active),
        is_backfill=is_backfill,
        looks=_looks(home, day, newsroom, closed, is_over=is_over),
    )
    write_json(home.work(run_id) / "run.json", run.model_dump(mode="json"))
    return run


def _collected(
    newsroom: Sources, day: date, closed: dict[str, Any] | None, *, is_over: bool
) -> list[str]:
    """The ids of the outlets that a run of `day` collects.

    Raises:
        PlanError: there is none.
    """
    active = [source for source in newsroom.sources if source.is_active(day)]
    if closed:
        ids = closed.get("sources")
        active = [one for one in active if ids is None or one.id in ids]
    elif is_over:
        active = [one for one in active if one.kind == "archive"]
    if not active:
        raise PlanError(
            f"no outlet can be collected for {day}: a day never collected needs an archive "
            "source (the web shows only today's articles), and active_from / active_to in "
            "sources.yml must admit it."
        )
    return [source.id for source in active]


def _looks(
    home: Home, day: date, newsroom: Sources, closed: dict[str, Any] | None, *, is_over: bool
) -> list[str]:
    """The polls that the edition takes; a day that is over leaves them to the edition to come."""
    if closed:
        taken: list[str] = closed.get("looks", [])
        return taken
    return [] if is_over else open_looks(home, day, newsroom)


def plan_poll(
    run_id: str,
    due: Callable[[Run], list[str]],
    *,
    sources: str | None = None,
    home: Home | None = None,
) -> Run:
    """Plan a look at the sources that `due` names, for the edition that is open now.

    A newsroom with a fixed edition has nothing to poll: its run has no shards. Nor has one in the
    first hours after the cut-off while that edition is not closed: it would ask everything twice.

    Raises:
        ConfigError: a configuration file is wrong.
        HomeError: the home cannot be written.
    """
    home = (home or Home.from_environment()).require_writable()
    run_id = safe_run_id(run_id)
    if (home.work(run_id) / "run.json").exists():
        return load_run(run_id, home)
    folder = _copy_configuration(home.work(run_id) / "config", {"sources.yml": sources})
    newsroom = load_sources(home.work(run_id) / "config" / "sources.yml")
    now = datetime.now(UTC).replace(tzinfo=None)
    day = now.date() + timedelta(days=now.time() >= CUTOFF)
    closing = datetime.combine(day - timedelta(days=1), CUTOFF)
    is_closing_now = now - closing < _CLOSING and read_closed(home, closing.date()) is None
    if f"{now:%H%M}" == f"{CUTOFF:%H%M}":
        now += timedelta(minutes=1)  # that minute's name belongs to the collect that closes
    run = Run(
        run_id=run_id,
        home=home.root,
        edition=day,
        cutoff=datetime.combine(day, CUTOFF),
        collect_id=f"{now:%Y%m%dT%H%M}",
        mode="collect",
        clock_offset=0.0,
        sources_folder=folder,
        shards=[],
        is_closing=False,
    )
    if newsroom.fixed_edition is None and not is_closing_now:
        run = run.model_copy(update={"shards": make_shards(newsroom, due(run))})
    write_json(home.work(run_id) / "run.json", run.model_dump(mode="json"))
    return run


def open_looks(home: Home, edition: date, newsroom: Sources) -> list[str]:
    """The polls since the last closed edition: those that no closed edition has taken."""
    if newsroom.fixed_edition is not None:
        return []
    since = edition - timedelta(days=_OPEN_DAYS)
    days = [path for path in home.archive_editions() if since.isoformat() <= path.name]
    editions = sorted(path for path in days if path.name <= edition.isoformat())
    taken: set[str] = set()
    for path in home.landing_root.glob("*/closed.json"):
        if path.parent.name >= since.isoformat():
            taken.update(read_json(path).get("looks", []))
    closing = f"T{CUTOFF:%H%M}"
    looks = [f"{day.name}/{look.name}" for day in editions for look in sorted(day.glob("*T*"))]
    return [look for look in looks if not look.endswith(closing) and look not in taken]


def make_shards(newsroom: Sources, source_ids: list[str], most: int = MAX_SHARDS) -> list[Shard]:
    """One shard an outlet up to `most` outlets, else `most` shards of nearly equal size.

    Outlets on one host stay together: the task that fetches them keeps the host's pace.
    """
    by_host: dict[str, list[str]] = {}
    for one in source_ids:
        by_host.setdefault(newsroom.source(one).host, []).append(one)
    hosts = list(by_host.values())
    count = min(most, len(hosts))
    groups = [[one for host in hosts[start::count] for one in host] for start in range(count)]
    return [
        Shard(label=_label([newsroom.source(one).name for one in group]), sources=group)
        for group in groups
    ]


def _label(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _copy_configuration(folder: Path, given: Mapping[str, str | None]) -> Path:
    """Copy the configuration files beside the plan; return the folder of the sources file.

    `given` names, for some of them, the file that is copied instead.
    """
    folder.mkdir(parents=True, exist_ok=True)
    origins = {
        name: Path(chosen).resolve() if (chosen := given.get(name)) else config_folder() / name
        for name in _LOADERS
    }
    for name, load in _LOADERS.items():
        load(origins[name])  # a fault is told with the path that the editor knows, not the copy's
        shutil.copyfile(origins[name], folder / name)
    return origins["sources.yml"].parent


def resolve_edition(
    edition: str | None, newsroom: Sources, interval_end: datetime | None, now: datetime
) -> date:
    if edition is not None:
        try:
            day = date.fromisoformat(edition)
        except ValueError as error:
            raise PlanError(
                f"the edition '{edition}' is no date; write it as 2026-10-16."
            ) from error
    else:
        day = newsroom.fixed_edition or (interval_end or now).astimezone(UTC).date()
    if day > now.date():
        raise PlanError(
            f"the edition {day} lies in the future (today is {now.date()} UTC); give a past day."
        )
    return day


def closed_path(home: Home, edition: date) -> Path:
    return home.landing_root / edition.isoformat() / "closed.json"


def read_closed(home: Home, edition: date) -> dict[str, Any] | None:
    """The record of a closed edition (`collect_id`), or None while it is open."""
    path = closed_path(home, edition)
    try:
        return read_json(path) if path.exists() else None
    except ValueError as error:
        raise HomeError(
            f"{path} is damaged; bring it back from a backup. It says that the edition was closed."
        ) from error


def close_edition(run: Run) -> None:
    """Mark the edition as collected: from now on a run of it replays its archive."""
    path = closed_path(run.paths, run.edition)
    if not path.exists():
        write_json(
            path,
            {
                "collect_id": run.collect_id,
                "edition": run.edition.isoformat(),
                "looks": run.looks,
                "sources": sorted(one for shard in run.shards for one in shard.sources),
            },
        )


def local_site_address() -> tuple[str, int] | None:
    """Where the run serves the newsroom's `local_site`, from `$BROADSHEET_LOCAL_SITE`."""
    value = os.environ.get("BROADSHEET_LOCAL_SITE")
    if not value:
        return None
    host, _, port = value.rpartition(":")
    return host, int(port)
