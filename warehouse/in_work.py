"""Which editions other runs are building at this moment: a candidate leaves those to them.

An edition is sealed before it is built and judged. Were another run's candidate to take it in
meanwhile, it would be published before its own gate has seen it, or have that run refused for a
fault that is not its own.
"""

from datetime import date, timedelta
from pathlib import Path
from time import time

from core.files import read_json
from core.home import Home

PATIENCE = timedelta(hours=3)
"""A run whose candidate is older is over, however it ended: what it sealed is taken in again."""


def in_work(home: Home, run_id: str) -> set[tuple[date, str]]:
    """(edition, content hash) of all that runs other than `run_id` load and no gate has judged."""
    return {
        (date.fromisoformat(one["edition"]), one["content_hash"])
        for record in home.root.glob("work/*/load.json")
        if record.parent.name != run_id and _is_in_work(record)
        for one in read_json(record)["editions"]
        if one["state"] in {"new", "changed"}
    }


def _is_in_work(record: Path) -> bool:
    began = _changed_at(record)
    if began is None or time() - began > PATIENCE.total_seconds():
        return False
    judged = _changed_at(record.parent / "verdicts" / "gate.json")
    is_judged = judged is not None and judged >= began
    return record.with_name("candidate.duckdb").exists() and not is_judged


def _changed_at(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None
