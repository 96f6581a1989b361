"""Another time for a process: the modules that read the clock get a class that is off by days.

The places where Broadsheet reads a clock (`grep -rn 'datetime.now'`): the plan (edition, look,
`Run.now`), decisions, what was set aside, the notes of publish and rollback, a refusal.
`time.time()` in `ingest/hosts.py` keeps a host's pace and is no date.
"""

import importlib
from datetime import UTC, datetime, timedelta, tzinfo

READERS = (
    "core.plan",
    "core.decisions",
    "warehouse.publications",
    "warehouse.publish",
    "warehouse.rollback",
    "expectations.gate",
)


def set_clocks(days: float) -> None:
    """Let every reader of this process see a clock that is `days` ahead (or behind)."""
    if not days:
        return
    shift = timedelta(days=days)

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Shifted":
            there = datetime.now(tz or UTC) + shift
            return cls(*there.timetuple()[:6], there.microsecond, tz)

    for name in READERS:
        module = importlib.import_module(name)
        module.datetime = Shifted  # type: ignore[attr-defined]
