"""Publishes a candidate that the gate passed: a new file, then one swap of a symlink.

The steps, each of which a kill may follow: note the id in `publishing.json` · write the records
into the candidate · rename it to `publications/<id>.duckdb` · swap the symlink · remove what the
retention rule keeps no more. Publishing again goes on where the note says.
"""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.companions import runs_asked_for
from core.decisions import GATE, append_decision, held_contents, read_decisions
from core.errors import PublishError
from core.files import file_sha256, read_json, write_json
from core.plan import Run, load_run
from warehouse.candidate import publishing_path, record_path
from warehouse.database import disk_errors, open_for_writing, remove_database, writer_lock
from warehouse.records import write_records
from warehouse.retention import retire
from warehouse.swap import (
    give_name,
    is_published,
    next_id,
    remove_unswapped,
    require_base,
    swap,
)

_log = logging.getLogger(__name__)


def publish(run_id: str) -> dict[str, str]:
    """Make the run's candidate the current publication; returns publication_id and edition.

    A run that has published already gives the same answer again and changes nothing.

    Raises:
        PublishError: the gate has not passed exactly this candidate.
        BaseMoved: another publication came between.
        HomeError: the disk refused.
    """
    run = load_run(run_id)
    with writer_lock(run.paths):
        note = _read_note(run)
        if note is None or not is_published(run.paths, note):
            note = note or _begin(run)
            require_base(run.paths, note)
            target = run.paths.publication(note["publication_id"])
            if not target.exists():
                _finish_file(run, note, target)
            swap(run.paths, target)
        _tidy(run, note)
    _log.info("published %s for the edition %s", note["publication_id"], run.edition)
    return {"publication_id": note["publication_id"], "edition": run.edition.isoformat()}


def _read_note(run: Run) -> dict[str, Any] | None:
    path = publishing_path(run)
    return read_json(path) if path.exists() else None


def _begin(run: Run) -> dict[str, Any]:
    """Check the candidate against the gate's verdict and note under which id it is published."""
    if not record_path(run).exists() or not run.paths.candidate(run.run_id).exists():
        raise PublishError(
            f"the run {run.run_id} has no candidate to publish; run its build tasks again."
        )
    verdict = _require_passed(run)
    record = read_json(record_path(run))
    note = {
        "run_id": run.run_id,
        "publication_id": next_id(run.paths),
        "base_publication_id": record["base_publication_id"],
        "published_at": datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds"),
        "gate_result": verdict["result"],
        "editions": record["editions"],
    }
    require_base(run.paths, note)
    write_json(publishing_path(run), note)
    return note


def _require_passed(run: Run) -> dict[str, Any]:
    path = run.work / "verdicts" / "gate.json"
    verdict: dict[str, Any] = read_json(path) if path.exists() else {}
    if verdict.get("result") not in ("passed", "overridden"):
        raise PublishError(
            f"the gate has not passed the candidate of {run.run_id}; "
            "nothing is published without its verdict: run the gate task first."
        )
    if verdict["candidate_sha256"] != file_sha256(run.paths.candidate(run.run_id)):
        raise PublishError(
            f"the candidate of {run.run_id} is not the one that the gate passed; "
            "run the build and gate tasks again."
        )
    return verdict


def _finish_file(run: Run, note: dict[str, Any], target: Path) -> None:
    """Write the records into the candidate and give it its published name."""
    candidate = run.paths.candidate(run.run_id)
    if not candidate.exists():
        raise PublishError(
            f"the candidate of {run.run_id} is gone before it was published; "
            "run its build tasks again."
        )
    _release(run, note)
    with disk_errors(candidate):
        candidate.chmod(0o644)
        with open_for_writing(candidate, run.work / "spill") as connection:
            write_records(connection, run, note)
            connection.execute("checkpoint")
        give_name(candidate, target, note)


def _release(run: Run, note: dict[str, Any]) -> None:
    """Lift a hold on what a person ran again, the run's own edition or others: the gate passed."""
    held = held_contents(read_decisions(run.paths))
    why = "The edition was run again and passed the gate."
    content_of = {one["edition"]: one["content_hash"] for one in note["editions"]}
    for edition in (one.edition for one in runs_asked_for(run)):
        content_hash = content_of[edition.isoformat()]
        if (edition, content_hash) in held:
            append_decision(run.paths, "release", edition, content_hash, GATE, why, run.run_id)


def _tidy(run: Run, note: dict[str, Any]) -> None:
    """Remove the scratch database and what killed runs left, then what is kept no more."""
    remove_database(run.paths.scratch(run.run_id))
    remove_unswapped(run.paths, note)
    retire(run.paths)
