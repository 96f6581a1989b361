"""The station: which editions of the last weeks were enriched by other versions than this run's.

A day is compared with the 28 before it, which is possible only among days that were measured in
one way. So a change of themes, names or of the code that finds them makes the newest editions
outdated; they become companions of the run, which enriches them anew and publishes them with its
own.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from core.companions import Companion, write_companions
from core.content_hash import collected_hash
from core.decisions import Content as Held
from core.decisions import held_contents, read_decisions
from core.home import Home
from core.landed import read_landed
from core.plan import MAX_SHARDS, Run, load_run
from warehouse.editions import (
    Content,
    choose_editions,
    land_again,
    sealed_contents,
    sealed_folder,
)
from warehouse.publications import current, loaded_contents

_log = logging.getLogger(__name__)
DAYS = 56
"""Two windows of comparison: that of the newest day, and of the days that stand in it."""

type Versions = frozenset[tuple[str, ...]]


def find_outdated(run_id: str) -> list[dict[str, Any]]:
    """Note the outdated editions as companions of the run; at most MAX_SHARDS shards of them.

    Each is landed again as it is loaded, so that what is enriched anew is what readers know. A
    shard is {"label", "editions": ["2026-10-16", …]}; there is none where the versions agree. A
    backfill leaves that to the daily run: two runs must not land one edition at a time.
    """
    run = load_run(run_id)
    outdated = [] if run.is_backfill else list(_outdated(run, versions_of(run.landing)))
    for content in outdated:
        land_again(run.paths, content)
    write_companions(
        run,
        [
            Companion(edition=one.edition, collect_id=one.collect_id, is_asked_for=False)
            for one in outdated
        ],
    )
    days = [one.edition.isoformat() for one in outdated]
    if days:
        _log.info("what enriches has changed: %s to %s are enriched anew", days[0], days[-1])
    return [
        {"label": f"{part[0]} … {part[-1]}", "editions": part}
        for part in (days[start::MAX_SHARDS] for start in range(min(MAX_SHARDS, len(days))))
    ]


def versions_of(landing: Path) -> Versions:
    """The versions with which a landing, or a seal of it, was enriched."""
    return frozenset(read_landed(landing, "enrichment").unique().iter_rows())


def _outdated(run: Run, versions: Versions) -> Iterator[Content]:
    """The contents in force of the last DAYS that were enriched by other versions."""
    home, sealed = run.paths, sealed_contents(run.paths)
    held = held_contents(read_decisions(home))
    loaded = loaded_contents(home) if current(home) else []
    last = max([run.edition, *sealed])
    for edition in choose_editions(sealed, loaded, held, []):
        content = edition.now
        if (
            content is not None
            and content.edition != run.edition
            and last - timedelta(days=DAYS) < content.edition <= last
            and _has_texts(sealed_folder(home, content))
            and versions_of(sealed_folder(home, content)) != versions
            and not _was_refused(home, content, sealed[content.edition], held, versions)
        ):
            yield content


def _has_texts(folder: Path) -> bool:
    """Whether there is anything to enrich; an edition without a page has nothing outdated."""
    files = list(folder.glob("article/*.parquet"))
    return bool(files) and bool(pl.scan_parquet(files).select(pl.len()).collect().item())


def _was_refused(
    home: Home, content: Content, sealed: list[Content], held: set[Held], versions: Versions
) -> bool:
    """Whether the same pages, enriched by these versions, are on hold: no run tries that again."""
    collected = collected_hash(sealed_folder(home, content))
    return any(
        (one.edition, one.content_hash) in held
        and versions_of(sealed_folder(home, one)) == versions
        and collected_hash(sealed_folder(home, one)) == collected
        for one in sealed
    )
