"""Publishes a candidate that the gate passed: a new file, then one swap of a symlink.

The steps, each of which a kill may follow: note the id in `publishing.json` · write the records
into the candidate · rename it to `publications/<id>.duckdb` · swap the symlink. Publishing again
goes on where the note says.
"""

import hashlib
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.decisions import append_decision, held_contents, read_decisions
from core.errors import PublishError
from core.files import fsync_folder, read_json, write_json
from core.home import Home
from core.plan import Run, load_run
from warehouse.candidate import publishing_path, record_path
from warehouse.database import disk_errors, open_for_writing, remove_database, writer_lock
from warehouse.publications import current, list_publications
from warehouse.records import write_records

_log = logging.getLogger(__name__)


def publish(run_id: str) -> dict[str, str]:
    """Make the run's candidate the current publication; returns publication_id and edition.

    A run that has published already gives the same answer again and changes nothing.

    Raises:
        PublishError: the gate has not passed exactly this candidate, or another publication
            came between.
        HomeError: the disk refused.
    """
    run = load_run(run_id)
    with writer_lock(run.paths):
        note = _read_note(run)
        if note is None or not _is_published(run.paths, note):
            note = note or _begin(run)
            _require_base(run.paths, note)
            target = run.paths.publication(note["publication_id"])
            if not target.exists():
                _finish_file(run, note, target)
            _swap(run.paths, target)
        _tidy(run, note)
    _log.info("published %s for the edition %s", note["publication_id"], run.edition)
    return {"publication_id": note["publication_id"], "edition": run.edition.isoformat()}


def _read_note(run: Run) -> dict[str, Any] | None:
    path = publishing_path(run)
    return read_json(path) if path.exists() else None


def _is_published(home: Home, note: dict[str, Any]) -> bool:
    return any(
        one["publication_id"] == note["publication_id"] and one["dag_run_id"] == note["run_id"]
        for one in list_publications(home)
    )


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
        "publication_id": _next_id(run.paths),
        "base_publication_id": record["base_publication_id"],
        "published_at": datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds"),
        "gate_result": verdict["result"],
        "editions": record["editions"],
    }
    _require_base(run.paths, note)
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


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _next_id(home: Home) -> str:
    """One above every id ever used, also by a file that a killed run left unswapped."""
    used = [file.stem for file in home.publications.glob("p*.duckdb")]
    used += [one["publication_id"] for one in list_publications(home)]
    return f"p{max((int(one[1:]) for one in used), default=0) + 1:06d}"


def _require_base(home: Home, note: dict[str, Any]) -> None:
    now = current(home)
    if (now.stem if now else None) != note["base_publication_id"]:
        raise PublishError(
            f"{now.stem if now else 'nothing'} is published now, but the candidate of "
            f"{note['run_id']} was built on {note['base_publication_id'] or 'nothing'}; "
            "run its build tasks again."
        )


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
        with candidate.open("rb") as file:
            os.fsync(file.fileno())
        candidate.chmod(0o444)
        target.parent.mkdir(exist_ok=True)
        candidate.rename(target)
        fsync_folder(target.parent)


def _release(run: Run, note: dict[str, Any]) -> None:
    """Lift a hold on the run's own edition: a person ran it again and the gate passed it."""
    held = held_contents(read_decisions(run.paths))
    for one in note["editions"]:
        if (run.edition, one["content_hash"]) in held and one["edition"] == str(run.edition):
            why = "The edition was run again and passed the gate."
            append_decision(
                run.paths, "release", run.edition, one["content_hash"], "gate", why, run.run_id
            )


def _swap(home: Home, target: Path) -> None:
    """Point the symlink at `target`, in one instant."""
    temporary = home.root / f".warehouse.{os.getpid()}.tmp"
    with disk_errors(home.warehouse):
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(target.relative_to(home.root))
        temporary.replace(home.warehouse)
        fsync_folder(home.root)


def _tidy(run: Run, note: dict[str, Any]) -> None:
    """Remove the scratch database, and files that killed runs left between rename and swap."""
    remove_database(run.paths.scratch(run.run_id))
    base = note["base_publication_id"] or ""
    for file in run.paths.publications.glob("p*.duckdb"):
        if base < file.stem < note["publication_id"]:
            file.unlink()
