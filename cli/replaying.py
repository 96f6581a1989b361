"""The steps of a replay: editions rebuilt from their archive in a shadow home, then published.

`broadsheet replay` goes through them in one process, the DAG `reprocess` in tasks. Until
`bring_in` nothing of the home changes but `work/`.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from cli.deciding import edition_of
from cli.stations import (
    Watch,
    build_candidate,
    collect_edition,
    enrich_texts,
    publish_rebuilding,
    silent,
)
from core.companions import Companion, read_companions, write_companions
from core.decisions import append_decision, read_decisions
from core.errors import BroadsheetError, GateRefused
from core.files import read_json
from core.home import Home
from core.plan import Run, load_run, plan_run
from warehouse.candidate import record_path
from warehouse.editions import Content
from warehouse.publications import require_kept
from warehouse.shadow import adopt, make_shadow, point_at_current


class ReplayError(BroadsheetError):
    """What cannot be replayed, or was replayed and may not be published."""


def chosen_editions(
    home: Home, named: Sequence[str], first: str | None = None, last: str | None = None
) -> list[date]:
    """The editions that are named, and those closed between the two days, in order.

    Raises:
        ReplayError: none is named, or one was never collected.
        DecisionError: one is no date.
    """
    days = {edition_of(one) for one in named}
    closed = {
        date.fromisoformat(path.parent.name)
        for path in home.landing_root.glob("????-??-??/closed.json")
    }
    if first or last:
        begin = edition_of(first) if first else date.min
        end = edition_of(last) if last else date.max
        days |= {one for one in closed if begin <= one <= end}
    if not days:
        between = "none was collected between those days" if first or last else "name one"
        raise ReplayError(
            f"there is no edition to replay: {between} ('broadsheet replay 2026-10-16'); "
            f"collected are: {told(sorted(closed)) or 'none'}."
        )
    if missing := sorted(days - closed):
        raise ReplayError(
            f"the edition {missing[0]} was never collected, so there is no archive to replay; "
            f"collected are: {told(sorted(closed)) or 'none'}."
        )
    return sorted(days)


def told(days: Sequence[date]) -> str:
    return ", ".join(map(str, days))


def plan_replay(
    home: Home, run_id: str, days: Sequence[date], files: Mapping[str, str | None]
) -> list[Run]:
    """Make the shadow home and plan a run of each edition in it; that of the last is about all.

    `files` (sources, themes, entities) stand in for those of the configuration.

    Raises:
        PublishError: nothing is published yet.
        BroadsheetError: whatever keeps a run from being planned.
    """
    require_kept(home)
    shadow = make_shadow(home, run_id, days)
    ids = [*(f"{run_id}.{day}" for day in days[:-1]), run_id]
    runs = [
        plan_run(
            one,
            edition=day.isoformat(),
            sources=files.get("sources"),
            themes=files.get("themes"),
            entities=files.get("entities"),
            home=shadow,
        )
        for one, day in zip(ids, days, strict=True)
    ]
    write_companions(
        runs[-1],
        [
            Companion(edition=one.edition, collect_id=one.collect_id, is_asked_for=True)
            for one in runs[:-1]
        ],
    )
    return runs


def rebuild_edition(run: Run, watch: Watch = silent) -> None:
    """Land and enrich one edition from its archive.

    Raises:
        ReplayError: the gate refused what landed.
    """
    with refusal_told(run):
        landed = collect_edition(run, watch)
    enrich_texts(run, landed, watch)


def build_on_current(home: Home, run: Run, watch: Watch = silent) -> dict[str, Any]:
    """The candidate of a replay, on what is published now; returns what it was made of.

    Raises:
        ReplayError: the gate refused it.
    """
    point_at_current(home, run.paths)
    with refusal_told(run):
        return build_candidate(run, watch)


@contextmanager
def refusal_told(run: Run) -> Iterator[None]:
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
        raise ReplayError(
            "the gate refuses what was replayed; what is published stays, and nothing is held.\n"
            + ("\n".join([*failed, _where_told(run)]) if failed else str(error))
        ) from error


def _where_told(run: Run) -> str:
    pages = run.paths.quality / "data_docs" / run.run_id
    return f"The pages about it: {pages}; of a run in Airflow they are its tab Data Docs."


def is_in_shadow(home: Home, run: Run) -> bool:
    """Whether the run still works beside the home, so that nothing of it was brought in."""
    return run.paths.root != home.root


def stands_on_current(home: Home, run: Run) -> bool:
    """Whether the run's candidate was built on what is published now."""
    record = read_json(record_path(run))
    return bool(record["base_publication_id"] == require_kept(home).stem)


def publish_replayed(home: Home, run_id: str, by: str, why: str) -> dict[str, str]:
    """Bring what was replayed into the home and publish it; returns publication id and edition.

    Tried again after a kill, it goes on where it was.
    """
    run = load_run(run_id, home)
    if is_in_shadow(home, run):
        contents = _contents(run, read_json(record_path(run)))
        _decide(home, contents, by, why, run_id)
        adopt(home, Home(home.work(run_id) / "home"), run, contents)
    return publish_rebuilding(run_id)


def discard_replayed(home: Home, run_id: str) -> None:
    """Remove what a replay built that nobody wants; its plan stays."""
    own = home.work(run_id)
    for folder in (own, *own.parent.glob(f"{run_id}.????-??-??")):
        for path in folder.iterdir():
            if path.name in {"home", "spill", "dbt"}:
                shutil.rmtree(path)
            elif ".duckdb" in path.name:
                path.unlink()


def _contents(run: Run, record: dict[str, Any]) -> list[Content]:
    """What was sealed of the editions that were asked for."""
    days = {one.edition for one in read_companions(run)} | {run.edition}
    rows = [
        Content(date.fromisoformat(row["edition"]), row["collect_id"], row["content_hash"])
        for row in record["editions"]
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
