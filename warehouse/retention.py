"""Removes what the retention rule keeps no more: publications, work folders, pages, cached results.

Archive, landing, seals, state, reports and decisions are never touched: with them everything
else can be built anew. Runs after a publication, under the writer lock, and may be killed
anywhere: what it did not come to, the next publication's turn removes.
"""

import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from core.errors import BroadsheetError
from core.files import read_json
from core.home import Home
from core.retention import PublicationRule, Retention, retention_rules
from warehouse.publications import current, list_publications, set_aside_log

_log = logging.getLogger(__name__)

# Of a run that is over: enough to see what it was, and for a task that is tried again to start.
_PLANS = {"run.json", "publishing.json"}
_KEPT_OF_WORK = {*_PLANS, "config", "verdicts", "load.json"}


@dataclass(frozen=True)
class Publication:
    """A publication whose file is there; `size` in bytes, `published_at` naive UTC."""

    publication_id: str
    published_at: datetime
    size: int


def choose_kept(
    publications: Iterable[Publication], rule: PublicationRule, protected: Iterable[str] = ()
) -> set[str]:
    """The ids that keep their file: the newest of all, those protected, and what the rule names.

    Newer means a higher id. A day, week or month is as recent as its newest publication, so a
    clock set back or forward removes nothing before its time. Over the ceiling the oldest go
    first; those protected and the newest stay even if they alone exceed it.
    """
    ordered = sorted(publications, key=lambda one: one.publication_id, reverse=True)
    safe = {*protected, *(one.publication_id for one in ordered[:1])}
    kept = {
        *safe,
        *_newest_of_each(ordered, rule.daily, lambda at: at.date().isoformat()),
        *_newest_of_each(ordered, rule.weekly, lambda at: "{}-{}".format(*at.isocalendar())),
        *_newest_of_each(ordered, rule.monthly, lambda at: f"{at:%Y-%m}"),
    }
    files = [one for one in ordered if one.publication_id in kept]
    used = sum(one.size for one in files)
    for one in reversed(files):
        if used <= rule.max_gigabytes * 1e9:
            break
        if one.publication_id not in safe:
            kept.remove(one.publication_id)
            used -= one.size
    return {one.publication_id for one in ordered} & kept


def _newest_of_each(
    newest_first: Sequence[Publication], periods: int, period_of: Callable[[datetime], str]
) -> list[str]:
    newest: dict[str, str] = {}
    for one in newest_first:
        newest.setdefault(period_of(one.published_at), one.publication_id)
    return list(newest.values())[:periods]


def in_grace(publications: Iterable[Publication], hours: float) -> set[str]:
    """The ids whose place the next publication took less than `hours` before the newest came.

    Somebody may just have looked up the name of such a file, or be making a brief from it.
    """
    ordered = sorted(publications, key=lambda one: one.publication_id)
    return {
        one.publication_id
        for one, after in pairwise(ordered)
        if ordered[-1].published_at - after.published_at < timedelta(hours=hours)
    }


def retire(home: Home) -> None:
    """Remove what is kept no more; a failure is told in the log and never undoes a publication.

    The caller holds the writer lock.
    """
    try:
        rules = retention_rules()
        moment = _retire_publications(home, rules)
        for path in _outdated(home, rules, moment):
            _remove(path)
    except (BroadsheetError, OSError, ValueError) as error:
        _log.warning("old files are not removed (the publication stands): %s", error)


def _retire_publications(home: Home, rules: Retention) -> datetime:
    """Remove publications; returns when the current one was published."""
    rows = list_publications(home)
    files = [
        Publication(
            row["publication_id"],
            row["published_at"],
            home.publication(row["publication_id"]).stat().st_size,
        )
        for row in rows
        if row["is_kept"]
    ]
    rule = rules.publications
    protected = in_grace(files, rule.grace_hours) | _bases(home)
    kept = choose_kept(files, rule, protected)
    now = current(home)
    for one in files:
        path = home.publication(one.publication_id)
        if one.publication_id not in kept and path != now:
            set_aside_log(path)
            path.unlink()
            _log.info("removed %s (%.1f MB)", path, one.size / 1e6)
    used = sum(one.size for one in files if one.publication_id in kept)
    if used > rule.max_gigabytes * 1e9:
        _log.warning(
            "the publications that must stay need %.1f GB, more than max_gigabytes (%g) in "
            "retention.yml; raise it or give %s less to hold.",
            used / 1e9, rule.max_gigabytes, home.publications,
        )  # fmt: skip
    moment: datetime = rows[0]["published_at"]
    return moment


def _bases(home: Home) -> set[str]:
    """The publications on which a candidate stands that no gate has refused."""
    records = home.root.glob("work/*/load.json")
    return {read_json(path)["base_publication_id"] or "" for path in records if _is_open(path)}


def _is_open(record: Path) -> bool:
    verdict = record.parent / "verdicts" / "gate.json"
    is_refused = verdict.exists() and read_json(verdict)["result"] == "refused"
    return record.with_name("candidate.duckdb").exists() and not is_refused


def _outdated(home: Home, rules: Retention, moment: datetime) -> Iterator[Path]:
    """Files and folders to remove in which nothing changed for as long as the rules say."""
    for folder in home.root.glob("work/*"):
        is_of_a_run = any((folder / name).exists() for name in _PLANS)
        if is_of_a_run and _is_idle(folder, rules.work_days, moment):
            bulky = [path for path in folder.iterdir() if path.name not in _KEPT_OF_WORK]
            yield from [folder] if _is_poll(folder) else bulky
    for folder in (home.quality / "data_docs").glob("*/"):
        if _is_idle(folder, rules.quality_pages_days, moment):
            yield folder
    for folder in home.enrich_cache.glob("*/*/"):
        if _is_idle(folder, rules.enrich_cache_days, moment):
            yield folder
    for file in (home.root / "lineage").glob("*.ndjson"):
        if _is_idle(file, rules.lineage_days, moment):
            yield file


def _is_poll(folder: Path) -> bool:
    """Whether a look between editions was planned here: 96 a day, and none is looked up again."""
    plan = folder / "run.json"
    return plan.exists() and not read_json(plan).get("is_closing", True)


def _is_idle(folder: Path, days: int, moment: datetime) -> bool:
    """Whether neither the folder nor anything in it changed in the `days` before `moment`."""
    limit = (moment - timedelta(days=days)).replace(tzinfo=UTC).timestamp()
    paths = [folder, *folder.rglob("*")]
    return all(path.lstat().st_mtime < limit for path in paths)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    _log.info("removed %s, unchanged for long", path)
