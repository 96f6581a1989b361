"""The gate: two tasks of the daily edition that let a batch pass or hold it back.

Verdicts go to `work/<run_id>/verdicts/<suite>.parquet` and Data Docs to
`quality/data_docs/<run_id>/<suite>/`. Only a critical failure refuses; it records a hold and
keeps the verdicts under `quality/verdicts/<run_id>/` for the next publication, with `refused.json`.
A failure that a person overrode, for exactly this content, refuses no more.
"""

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from core.companions import runs_asked_for, runs_of_all
from core.content_hash import collected_hash
from core.decisions import (
    GATE,
    Content,
    append_decision,
    held_contents,
    holds,
    overrides,
    read_decisions,
)
from core.errors import GateRefused
from core.files import file_sha256, read_json, write_json
from core.home import Home
from core.plan import Run, load_run
from expectations.checks import Suite
from expectations.enriched_suite import enriched_suite
from expectations.landed_suite import landed_suite
from expectations.marts_suite import marts_suite
from expectations.row_checks import clear_quarantine, quarantine_rows
from expectations.verdicts import Verdict, write_verdicts

_log = logging.getLogger(__name__)

type MakeSuite = Callable[[Run], Suite]


def check_landing(run_id: str) -> dict[str, Any]:
    """Keep single bad rows of a run's landed batch out, then judge what remains.

    Returns:
        The numbers of expectations `checked`, of `warnings`, of articles `quarantined`, and the
        Data Docs' paths.

    Raises:
        GateRefused: a critical expectation failed; the text names each with what to do.
    """
    run = load_run(run_id)
    shutil.rmtree(_verdicts(run), ignore_errors=True)  # those of an earlier try judge nothing now
    clear_quarantine(run)
    quarantined = quarantine_rows(run, landed_suite(run))
    content = (run.edition, collected_hash(run.landing))
    return {**_judge(run, [landed_suite], [content], "landing"), "quarantined": quarantined}


def check_marts(run_id: str) -> dict[str, Any]:
    """Judge the enriched batch and the candidate built with it; never writes to the candidate.

    `verdicts/gate.json` then says `passed`, `overridden` or `refused` about exactly this file, by
    its SHA-256.

    Raises:
        GateRefused: a critical expectation failed, or a person holds the edition; the text names
            each with what to do.
    """
    run = load_run(run_id)
    candidate = run.paths.candidate(run.run_id)
    log = candidate.with_name(f"{candidate.name}.wal")
    if not candidate.exists() or log.exists():
        state = "was not closed properly" if log.exists() else "does not exist"
        raise GateRefused(f"{candidate} {state}; clear and repeat the tasks of the group 'build'.")
    contents = _taken_in(run)
    _require_not_held_by_hand(run)
    seal = {"candidate_sha256": file_sha256(candidate), "suites": ["landed", "enriched", "marts"]}
    try:
        counts = _judge(run, [*_beside(run), enriched_suite, marts_suite], contents, "marts")
    except GateRefused:
        write_json(_verdicts(run) / "gate.json", {**seal, "result": "refused"})
        raise
    files = sorted(_verdicts(run).glob("*.parquet"))
    is_overridden = any(pl.read_parquet(one)["overridden_by"].is_not_null().any() for one in files)
    result = "overridden" if is_overridden else "passed"
    write_json(_verdicts(run) / "gate.json", {**seal, "result": result})
    return counts


def refused_path(home: Home, run_id: str) -> Path:
    """What a refused run was refused for: level, contents, expectations, moment, Data Docs."""
    return home.quality / "verdicts" / run_id / "refused.json"


def _verdicts(run: Run) -> Path:
    return run.work / "verdicts"


def _editions(run: Run) -> list[dict[str, str]]:
    editions: list[dict[str, str]] = read_json(run.work / "load.json")["editions"]
    return editions


def _taken_in(run: Run) -> list[Content]:
    """What the candidate holds that its base did not: any of it may be what is wrong."""
    return [
        (date.fromisoformat(one["edition"]), one["content_hash"])
        for one in _editions(run)
        if one["state"] in {"new", "changed"}
    ]


def _beside(run: Run) -> list[MakeSuite]:
    """The suites of the editions that the run made anew beside its own.

    What was enriched anew is judged as an enriched batch; of one asked for, the marts too.
    """
    asked_for = {one.edition for one in runs_asked_for(run)}
    makers: list[MakeSuite] = []
    for one in runs_of_all(run)[:-1]:
        suites = [enriched_suite, marts_suite] if one.edition in asked_for else [enriched_suite]
        makers += [partial(_suite_of, one, make) for make in suites]
    return makers


def _suite_of(beside: Run, make_suite: MakeSuite, _run: Run) -> Suite:
    suite = make_suite(beside)
    return replace(suite, name=f"{suite.name}_{beside.edition}")


def _require_not_held_by_hand(run: Run) -> None:
    """Refuse an edition that a person ran while a person holds it: only a person lifts that."""
    held = holds(read_decisions(run.paths))
    asked_for = {one.edition for one in runs_asked_for(run)}
    for one in _editions(run):
        edition = date.fromisoformat(one["edition"])
        hold = held.get((edition, one["content_hash"]))
        if hold and edition in asked_for and hold.decided_by != GATE:
            raise GateRefused(
                f"{hold.decided_by} holds the edition {edition} since "
                f"{hold.decided_at:%Y-%m-%d %H:%M} ({hold.why}); lift that with "
                f"'broadsheet gate release {edition} --why …', then run the edition again."
            )


def _judge(
    run: Run, makers: Sequence[MakeSuite], contents: list[Content], level: str
) -> dict[str, Any]:
    """Validate the suites one after the other, then refuse once for all that failed.

    `contents` are what a refusal holds, and what an override must name to let a failure pass.
    """
    from expectations.data_docs import write_index
    from expectations.validate import validate  # heavy: only a task that judges pays for it

    pages = run.paths.quality / "data_docs"
    allowed = _overridden(run, contents)
    verdicts: list[Verdict] = []
    docs: list[str] = []
    for make_suite in makers:
        suite = make_suite(run)
        folder = pages / run.run_id / suite.name
        found = [_with_override(one, allowed) for one in validate(suite, folder)]
        write_verdicts(found, run.run_id, run.edition, _verdicts(run) / f"{suite.name}.parquet")
        verdicts += found
        docs.append(str(folder / "index.html"))
    write_index(pages)
    failed = [one for one in verdicts if not one.success]
    for verdict in failed:
        _log.log(logging.ERROR if verdict.stops else logging.WARNING, "%s", verdict.tell())
    if any(one.stops for one in failed):
        _hold(run, failed, contents, level, docs)
    _log.info("%d expectations checked, %d warnings; see %s", len(verdicts), len(failed), docs[-1])
    return {"checked": len(verdicts), "warnings": len(failed), "data_docs": docs}


def _overridden(run: Run, contents: list[Content]) -> dict[str, str]:
    """The expectations that may fail for one of `contents`, with who decided that."""
    decisions = read_decisions(run.paths)
    return {
        name: decision.decided_by
        for content in contents
        for name, decision in overrides(decisions, content).items()
    }


def _with_override(verdict: Verdict, allowed: dict[str, str]) -> Verdict:
    return replace(verdict, overridden_by=allowed.get(verdict.name)) if verdict.stops else verdict


def _hold(
    run: Run, failed: list[Verdict], judged: list[Content], level: str, docs: list[str]
) -> None:
    """Keep the verdicts, hold what was judged, raise."""
    refusing = [one for one in failed if one.stops]
    _keep_verdicts(run, failed, judged, level, docs)
    why = "failed: " + ", ".join(one.name for one in refusing)
    for edition, content in judged:
        if (edition, content) not in held_contents(read_decisions(run.paths)):
            append_decision(run.paths, "hold", edition, content, GATE, why, run.run_id)
    told = "\n".join(f"  - {one.tell()}" for one in refusing)
    raise GateRefused(
        f"the edition {run.edition} is held back, what is published stays as it was; "
        f"{len(refusing)} critical expectation{'' if len(refusing) == 1 else 's'} failed:\n{told}\n"
        f"'broadsheet gate explain {run.edition}' says what to do; "
        f"the pages about it: {', '.join(docs)}"
    )


def _keep_verdicts(
    run: Run, failed: list[Verdict], judged: list[Content], level: str, docs: list[str]
) -> None:
    record = refused_path(run.paths, run.run_id)
    record.parent.mkdir(parents=True, exist_ok=True)
    for file in sorted(_verdicts(run).glob("*.parquet")):
        shutil.copyfile(file, record.parent / file.name)
    critical = [one.name for one in failed if one.severity == "critical"]
    write_json(
        record,
        {
            "run_id": run.run_id,
            "edition": run.edition,
            "level": level,
            "contents": [[str(edition), content] for edition, content in judged],
            "expectations": critical,
            "refused_at": datetime.now(UTC).replace(tzinfo=None).isoformat(),
            "data_docs": docs,
        },
    )
