"""Publishes older content under a new, higher id, and holds what came after it.

The steps, each of which a kill may follow: note the id in `work/<run_id>/publishing.json` · write
the decisions · copy the older file and write the records into the copy · rename it to
`publications/<id>.duckdb` · swap the symlink. The same command again goes on where the note says.
"""

import logging
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from core.decisions import Decision, DecisionKind, append_decision, held_contents, read_decisions
from core.errors import PublishError
from core.files import read_json, write_json
from core.home import Home
from warehouse.candidate import copy_database
from warehouse.database import disk_errors, open_for_writing, writer_lock
from warehouse.editions import Content, sealed_contents
from warehouse.publications import (
    ROLLBACK,
    current,
    list_publications,
    loaded_contents,
    require_kept,
    set_aside_log,
    was_altered,
)
from warehouse.records import write_rollback_records
from warehouse.retention import retire
from warehouse.schema import SCHEMA_VERSION, ensure_tables
from warehouse.swap import give_name, is_published, next_id, remove_unswapped, swap

_log = logging.getLogger(__name__)


def rollback(home: Home, publication_id: str, *, why: str, by: str) -> dict[str, Any]:
    """Make the content of `publication_id` the current one again; returns the note of it.

    The note holds publication_id (the new one), rolled_back_to, run_id, and the contents `held`
    and `released` by it (edition, content_hash). Later editions come back once they are released.

    Raises:
        PublishError: that publication is not there, is the current one, has tables of another
            shape, was written into since, or holds what a person or the gate held since.
        HomeError: the disk refused.
    """
    if not why.strip():
        raise PublishError('a rollback needs a reason that others can read later: --why "…".')
    with writer_lock(home):
        note = _unfinished(home, publication_id) or _begin(home, publication_id, why, by)
        _decide(home, note)
        target = home.publication(note["publication_id"])
        if not target.exists():
            _make_file(home, note, target)
        swap(home, target)
        remove_unswapped(home, note)
        retire(home)
    _log.info("published %s, a rollback to %s", note["publication_id"], publication_id)
    return note


def _work(home: Home, note: dict[str, Any]) -> Path:
    return home.work(note["run_id"])


def _unfinished(home: Home, publication_id: str) -> dict[str, Any] | None:
    """The note of the same rollback of the same current publication, if a kill cut it short."""
    now = current(home)
    for path in sorted(home.root.glob("work/rollback-*/publishing.json"), reverse=True):
        note: dict[str, Any] = read_json(path)
        is_same = note["rolled_back_to"] == publication_id
        is_on_base = now is not None and note["base_publication_id"] == now.stem
        if is_same and is_on_base and not is_published(home, note):
            return note
    return None


def _begin(home: Home, publication_id: str, why: str, by: str) -> dict[str, Any]:
    origin = require_kept(home, publication_id)
    now = require_kept(home)
    if origin == now:
        raise PublishError(f"{publication_id} is what is published now; nothing to go back to.")
    row = next(one for one in list_publications(home) if one["publication_id"] == publication_id)
    if row["schema_version"] != SCHEMA_VERSION:
        raise PublishError(
            f"the tables of {publication_id} have the shape {row['schema_version']} of an older "
            f"release, the present one is {SCHEMA_VERSION}; hold the editions that are wrong "
            "instead: the next run then builds the tables without them."
        )
    if was_altered(origin, row["published_at"]):
        raise PublishError(
            f"{origin} was written after it was published, and no gate has seen what it holds "
            "now; go back to another publication."
        )
    wanted, loaded = loaded_contents(home, publication_id), loaded_contents(home)
    moment = datetime.now(UTC).replace(tzinfo=None)
    note = {
        "run_id": f"rollback-{moment:%Y%m%dT%H%M%S.%f}",
        "publication_id": next_id(home),
        "base_publication_id": now.stem,
        "rolled_back_to": publication_id,
        "published_at": moment.isoformat(timespec="milliseconds"),
        "gate_result": f"{ROLLBACK}{publication_id}",
        "edition": row["edition"].isoformat(),
        "why": why,
        "by": by,
        "held": _told(later_contents(sealed_contents(home), wanted, loaded)),
        "released": _told(_to_release(home, publication_id, wanted)),
    }
    write_json(_work(home, note) / "publishing.json", note)
    return note


def later_contents(
    sealed: dict[date, list[Content]], wanted: list[Content], loaded: list[Content]
) -> list[Content]:
    """What a candidate on `wanted` must not take in: all that would replace it or add to it.

    `sealed` holds every content by edition, the newest last; `loaded` is what is published now.
    An edition that was sealed and never published is not later than anything.
    """
    of_wanted = {one.edition: one for one in wanted}
    of_loaded = {one.edition: one for one in loaded}
    later = []
    for edition in sorted({*of_wanted, *of_loaded}):
        contents = list(sealed.get(edition, []))
        if edition in of_loaded and of_loaded[edition] not in contents:
            contents.append(of_loaded[edition])
        keep = of_wanted.get(edition)
        first = contents.index(keep) + 1 if keep in contents else 0
        later += [one for one in contents[first:] if one != keep]
    return later


def _to_release(home: Home, publication_id: str, wanted: list[Content]) -> list[Content]:
    """The contents of `wanted` that an earlier rollback held; any other hold is a refusal."""
    decisions = read_decisions(home)
    held = held_contents(decisions)
    released = [one for one in wanted if (one.edition, one.content_hash) in held]
    rollbacks = {one.run_id for one in decisions if one.decision == "rollback"}
    for content in released:
        hold = _last_hold(decisions, content)
        if hold.run_id not in rollbacks:
            raise PublishError(
                f"{publication_id} holds the edition {content.edition}, which "
                f"{hold.decided_by} put on hold since ({hold.why}); release it first "
                f"(broadsheet gate release {content.edition}), or go back to another publication."
            )
    return released


def _last_hold(decisions: list[Decision], content: Content) -> Decision:
    return [
        one
        for one in decisions
        if one.decision == "hold"
        and (one.edition, one.content_hash) == (content.edition, content.content_hash)
    ][-1]


def _told(contents: list[Content]) -> list[dict[str, str]]:
    return [
        {"edition": one.edition.isoformat(), "content_hash": one.content_hash} for one in contents
    ]


def _decide(home: Home, note: dict[str, Any]) -> None:
    """Write down the rollback, what it holds and what it releases; each once."""
    own = next(
        one
        for one in loaded_contents(home, note["rolled_back_to"])
        if one.edition.isoformat() == note["edition"]
    )
    rows: list[tuple[DecisionKind, dict[str, str]]]
    rows = [("rollback", one) for one in _told([own])]
    rows += [("release", one) for one in note["released"]]
    rows += [("hold", one) for one in note["held"]]
    decisions = read_decisions(home)
    written = {
        (one.decision, one.edition.isoformat(), one.content_hash)
        for one in decisions
        if one.run_id == note["run_id"]
    }
    held = held_contents(decisions)
    why = f"Back to {note['rolled_back_to']}: {note['why']}"
    for kind, one in rows:
        day, content_hash = date.fromisoformat(one["edition"]), one["content_hash"]
        is_needless = kind == "hold" and (day, content_hash) in held
        if (kind, one["edition"], content_hash) not in written and not is_needless:
            append_decision(home, kind, day, content_hash, note["by"], why, note["run_id"])


def _make_file(home: Home, note: dict[str, Any], target: Path) -> None:
    """Copy the older publication, write the records into the copy, give it its name."""
    origin, base = require_kept(home, note["rolled_back_to"]), require_kept(home)
    set_aside_log(origin)
    set_aside_log(base)
    candidate = _work(home, note) / "candidate.duckdb"
    with disk_errors(candidate):
        candidate.with_name("candidate.duckdb.wal").unlink(missing_ok=True)
        copy_database(origin, candidate)
        with open_for_writing(candidate, candidate.parent / "spill") as connection:
            ensure_tables(connection, "candidate")
            quoted = str(base).replace("'", "''")
            connection.execute(f"attach '{quoted}' as base (read_only)")
            write_rollback_records(connection, home, note)
            connection.execute("use candidate")
            connection.execute("detach base")
            connection.execute("checkpoint")
        give_name(candidate, target, note)
