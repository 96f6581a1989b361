"""`broadsheet replay`: editions rebuilt from the archive, compared with what is published.

All of it happens in a shadow home (`warehouse.shadow`), in this process, without network and
without Airflow. Only what a person then wants is brought into the home and published.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import typer
from rich.console import Console

from cli.deciding import edition_of, signed
from cli.progress import Progress
from cli.publications import tell
from cli.stations import (
    BUILD,
    COLLECT,
    Watch,
    build_candidate,
    collect_edition,
    enrich_texts,
    group_texts,
    publish_candidate,
)
from core.companions import Companion, read_companions, write_companions
from core.config import config_folder
from core.decisions import append_decision, read_decisions
from core.errors import BroadsheetError, GateRefused
from core.home import Home
from core.plan import Run, load_run, plan_run
from warehouse.diff import diff
from warehouse.editions import Content
from warehouse.publications import current, require_kept
from warehouse.shadow import adopt, make_shadow, point_at_current

WITHOUT_A_REASON = "Replayed from the archive."


class ReplayError(BroadsheetError):
    """What cannot be replayed, or was replayed and may not be published."""


@dataclass(frozen=True)
class Wish:
    """What a person typed; `files` stand in for those of the configuration, by name."""

    editions: tuple[str, ...] = ()
    first: str | None = None
    last: str | None = None
    files: Mapping[str, str | None] = field(default_factory=dict)
    publish: bool = False
    why: str | None = None
    by: str | None = None


def replay(wish: Wish, limit: int, *, as_json: bool = False, home: Home | None = None) -> int:
    """Rebuild the editions, tell how the result differs, publish it if that is wanted; 0.

    Raises:
        ReplayError: an edition was never collected, or the gate refused the candidate.
        BroadsheetError: whatever a station could not do.
    """
    home = (home or Home.from_environment()).require_writable()
    days = chosen_editions(home, wish)
    name, why = signed(wish.by, wish.why or WITHOUT_A_REASON)
    require_kept(home)
    console = Console(stderr=as_json, highlight=False, soft_wrap=True)
    run_id = f"replay-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    shadow = make_shadow(home, run_id, days)
    run = _rebuild(console, shadow, run_id, days, wish)
    while True:
        base = require_kept(home)
        record = _build(console, home, shadow, run)
        candidate = home.candidate(run_id)
        differing = tell(
            diff(base, candidate, samples=limit), (base.stem, "the candidate"), as_json=as_json
        )
        if not (wish.publish or _is_wanted(differing)):
            _leave(console, candidate, differing)
            return 0
        if current(home) == base:
            break
        console.print(f"Meanwhile {require_kept(home).stem} was published; building on that.")
    contents = _contents(run, record)
    _decide(home, contents, name, why, run_id)
    adopt(home, shadow, run, contents)
    published = publish_candidate(load_run(run_id, home))["publication_id"]
    console.print(f"{published} is published: {_told(days)} as replayed. No brief is made of it;")
    console.print("the next edition's says which printed figures it changed.")
    _warn_of_other_files(console, wish)
    return 0


def chosen_editions(home: Home, wish: Wish) -> list[date]:
    """The editions that are named, and those closed between the two days, in order.

    Raises:
        ReplayError: none is named, or one was never collected.
    """
    named = {edition_of(one) for one in wish.editions}
    closed = {
        date.fromisoformat(path.parent.name)
        for path in home.landing_root.glob("????-??-??/closed.json")
    }
    if wish.first or wish.last:
        first = edition_of(wish.first) if wish.first else date.min
        last = edition_of(wish.last) if wish.last else date.max
        named |= {one for one in closed if first <= one <= last}
    if not named:
        between = "none was collected between those days" if wish.first or wish.last else "name one"
        raise ReplayError(
            f"there is no edition to replay: {between} ('broadsheet replay 2026-10-16'); "
            f"collected are: {_told(sorted(closed)) or 'none'}."
        )
    if missing := sorted(named - closed):
        raise ReplayError(
            f"the edition {missing[0]} was never collected, so there is no archive to replay; "
            f"collected are: {_told(sorted(closed)) or 'none'}."
        )
    return sorted(named)


def _rebuild(console: Console, shadow: Home, run_id: str, days: list[date], wish: Wish) -> Run:
    """Land and enrich every edition from its archive; the run of the last, which is about all."""
    *earlier, last = days
    ids = {**{day: f"{run_id}.{day}" for day in earlier}, last: run_id}
    runs = [
        plan_run(
            ids[day],
            edition=day.isoformat(),
            sources=wish.files.get("sources"),
            themes=wish.files.get("themes"),
            entities=wish.files.get("entities"),
            home=shadow,
        )
        for day in days
    ]
    write_companions(
        runs[-1],
        [
            Companion(edition=one.edition, collect_id=one.collect_id, is_asked_for=True)
            for one in runs[:-1]
        ],
    )
    with Progress(console, [*map(str, days), "group"]) as progress:
        lines = _Lines(progress)
        for run in runs:
            with _refusal_told(run):
                landed = collect_edition(run, lines.of(str(run.edition), (*COLLECT, "enrich")))
            enrich_texts(run, landed, lines.of(str(run.edition), (*COLLECT, "enrich")))
        group_texts(runs[-1], lines.of("group", ("group_texts",)))
    return runs[-1]


def _build(console: Console, home: Home, shadow: Home, run: Run) -> dict[str, Any]:
    """The candidate of a replay, on what is published now; returns what it was made of."""
    point_at_current(home, shadow)
    with Progress(console, ["build"]) as progress, _refusal_told(run):
        return build_candidate(run, _Lines(progress).of("build", BUILD))


class _Lines:
    """Shows stations of this process by `Progress`, which knows Airflow's tasks."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, dict[str, Any]] = {}

    def of(self, group: str, tasks: tuple[str, ...]) -> Watch:
        """What is to be entered around each of `tasks`, shown in the line `group`."""
        for task in tasks:
            task_id = f"{group}.{task}"
            self._tasks.setdefault(task_id, {"task_id": task_id, "state": None})

        @contextmanager
        def watch(task: str) -> Iterator[None]:
            self._set(f"{group}.{task}", "running")
            try:
                yield
            except BaseException:
                self._set(f"{group}.{task}", "failed")
                raise
            self._set(f"{group}.{task}", "success")

        return watch

    def _set(self, task_id: str, state: str) -> None:
        self._tasks[task_id]["state"] = state
        self._progress.show("replay", list(self._tasks.values()))


@contextmanager
def _refusal_told(run: Run) -> Iterator[None]:
    """Say of a refusal what failed; the hold that the gate recorded is in the shadow home alone."""
    try:
        yield
    except GateRefused as error:
        failed = [
            f"  - {row['expectation']}: {row['sentence']} Found: {row['observed']}."
            for file in sorted((run.work / "verdicts").glob("*.parquet"))
            for row in pl.read_parquet(file).iter_rows(named=True)
            if not row["success"] and row["severity"] == "critical" and not row["overridden_by"]
        ]
        pages = run.paths.quality / "data_docs" / run.run_id
        raise ReplayError(
            "the gate refuses what was replayed; what is published stays, and nothing is held.\n"
            + ("\n".join([*failed, f"The pages about it: {pages}"]) if failed else str(error))
        ) from error


def _contents(run: Run, record: dict[str, Any]) -> list[Content]:
    """What was sealed of the editions that were asked for."""
    days = {one.edition for one in read_companions(run)} | {run.edition}
    rows = [
        Content(**{**one, "edition": date.fromisoformat(one["edition"])})
        for one in (
            {key: row[key] for key in ("edition", "collect_id", "content_hash")}
            for row in record["editions"]
        )
    ]
    return [one for one in rows if one.edition in days]


def _decide(home: Home, contents: list[Content], by: str, why: str, run_id: str) -> None:
    """Record who published what and why, but for what a killed command has recorded already."""
    published_at = datetime.fromtimestamp(require_kept(home).stat().st_mtime, UTC)
    recorded = {
        (one.edition, one.content_hash, one.decided_by, one.why)
        for one in read_decisions(home)
        if one.decision == "replay" and one.decided_at > published_at.replace(tzinfo=None)
    }
    for one in contents:
        if (one.edition, one.content_hash, by, why) not in recorded:
            append_decision(home, "replay", one.edition, one.content_hash, by, why, run_id)


def _is_wanted(differing: int) -> bool:
    """Ask, where somebody is there to answer and there is something to ask about."""
    if not differing or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return typer.confirm("Publish this?", default=False)


def _leave(console: Console, candidate: Path, differing: int) -> None:
    if differing:
        console.print("Nothing is published; --publish does it. The candidate, for a closer look:")
        console.print(f"  {candidate}")
    else:
        console.print("The replay says the same as what is published; there is nothing to publish.")


def _warn_of_other_files(console: Console, wish: Wish) -> None:
    for name in ("themes", "entities"):
        given, own = wish.files.get(name), config_folder() / f"{name}.yml"
        if given and Path(given).read_bytes() != own.read_bytes():
            console.print(
                f"The next edition is made with {own}, not with {given}: copy it there to keep it."
            )


def _told(days: list[date]) -> str:
    return ", ".join(map(str, days))
