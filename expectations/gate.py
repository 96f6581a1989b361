"""The gate: two tasks of the daily edition that let a batch pass or hold it back.

Verdicts go to `work/<run_id>/verdicts/<suite>.parquet` and Data Docs to
`quality/data_docs/<run_id>/<suite>/`. Only a critical failure refuses; it records a hold and
keeps the verdicts under `quality/verdicts/<run_id>/` for the next publication.
"""

import logging
import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from core.content_hash import content_hash
from core.decisions import append_decision, held_contents, read_decisions
from core.errors import GateRefused
from core.files import file_sha256, read_json, write_json
from core.plan import Run, load_run
from expectations.checks import Suite
from expectations.enriched_suite import enriched_suite
from expectations.landed_suite import landed_suite
from expectations.marts_suite import marts_suite
from expectations.verdicts import Verdict, write_verdicts

_log = logging.getLogger(__name__)

type MakeSuite = Callable[[Run], Suite]
type Content = tuple[date, str]


def check_landing(run_id: str) -> dict[str, Any]:
    """Judge the landed batch of a run.

    Returns:
        The numbers of expectations `checked`, of `warnings`, and the Data Docs' paths.

    Raises:
        GateRefused: a critical expectation failed; the text names each with what to do.
    """
    run = load_run(run_id)
    shutil.rmtree(_verdicts(run), ignore_errors=True)  # those of an earlier try judge nothing now
    return _judge(run, [landed_suite], lambda: [(run.edition, content_hash(run.landing))])


def check_marts(run_id: str) -> dict[str, Any]:
    """Judge the enriched batch and the candidate built with it; never writes to the candidate.

    `verdicts/gate.json` then says `passed` or `refused` about exactly this file, by its SHA-256.

    Raises:
        GateRefused: a critical expectation failed; the text names each with what to do.
    """
    run = load_run(run_id)
    candidate = run.paths.candidate(run.run_id)
    log = candidate.with_name(f"{candidate.name}.wal")
    if not candidate.exists() or log.exists():
        state = "was not closed properly" if log.exists() else "does not exist"
        raise GateRefused(f"{candidate} {state}; clear and repeat the tasks of the group 'build'.")
    seal = {"candidate_sha256": file_sha256(candidate), "suites": ["landed", "enriched", "marts"]}
    try:
        counts = _judge(run, [enriched_suite, marts_suite], lambda: _taken_in(run))
    except GateRefused:
        write_json(_verdicts(run) / "gate.json", {**seal, "result": "refused"})
        raise
    write_json(_verdicts(run) / "gate.json", {**seal, "result": "passed"})
    return counts


def _verdicts(run: Run) -> Path:
    return run.work / "verdicts"


def _taken_in(run: Run) -> list[Content]:
    """What the candidate holds that its base did not: any of it may be what is wrong."""
    editions = read_json(run.work / "load.json")["editions"]
    return [
        (date.fromisoformat(one["edition"]), one["content_hash"])
        for one in editions
        if one["state"] in {"new", "changed"}
    ]


def _judge(
    run: Run, makers: Sequence[MakeSuite], judged: Callable[[], list[Content]]
) -> dict[str, Any]:
    """Validate the suites one after the other, then refuse once for all that failed.

    `judged` names the contents that a refusal holds.
    """
    from expectations.data_docs import write_index
    from expectations.validate import validate  # heavy: only a task that judges pays for it

    pages = run.paths.quality / "data_docs"
    verdicts: list[Verdict] = []
    docs: list[str] = []
    for make_suite in makers:
        suite = make_suite(run)
        folder = pages / run.run_id / suite.name
        found = validate(suite, folder)
        write_verdicts(found, run.run_id, run.edition, _verdicts(run) / f"{suite.name}.parquet")
        verdicts += found
        docs.append(str(folder / "index.html"))
    write_index(pages)
    failed = [one for one in verdicts if not one.success]
    for verdict in failed:
        _log.log(logging.ERROR if verdict.stops else logging.WARNING, "%s", verdict.tell())
    if any(one.stops for one in failed):
        _hold(run, [one for one in failed if one.stops], judged(), docs)
    _log.info("%d expectations checked, %d warnings; see %s", len(verdicts), len(failed), docs[-1])
    return {"checked": len(verdicts), "warnings": len(failed), "data_docs": docs}


def _hold(run: Run, refusing: list[Verdict], judged: list[Content], docs: list[str]) -> None:
    """Keep the verdicts, hold what was judged, raise."""
    kept = run.paths.quality / "verdicts" / run.run_id
    kept.mkdir(parents=True, exist_ok=True)
    for file in sorted(_verdicts(run).glob("*.parquet")):
        shutil.copyfile(file, kept / file.name)
    why = "failed: " + ", ".join(f"{one.suite}/{one.expectation}" for one in refusing)
    for edition, content in judged:
        if (edition, content) not in held_contents(read_decisions(run.paths)):
            append_decision(run.paths, "hold", edition, content, "gate", why, run.run_id)
    told = "\n".join(f"  - {one.tell()}" for one in refusing)
    raise GateRefused(
        f"the edition {run.edition} is held back, what is published stays as it was; "
        f"{len(refusing)} critical expectation{'' if len(refusing) == 1 else 's'} failed:\n{told}\n"
        f"The pages about it: {', '.join(docs)}"
    )
