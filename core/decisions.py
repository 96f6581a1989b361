"""What a person or the gate decided about an edition: append-only files in `decisions/`.

A decision is about one content of an edition (its hash), so that an edition collected or
replayed with another content is judged anew. The files are in force in the order of their names.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from core.files import read_json, write_json
from core.home import Home

DecisionKind = Literal["hold", "release", "override", "rollback", "takedown"]
KINDS: tuple[DecisionKind, ...] = get_args(DecisionKind)


class Decision(BaseModel):
    """One decision; `decided_at` is naive UTC, `run_id` the run that it came from, if any."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    decided_at: datetime
    decision: DecisionKind
    edition: date
    content_hash: str
    decided_by: str
    why: str
    run_id: str | None = None


def append_decision(  # noqa: PLR0917 - the words of one sentence, in its order
    home: Home,
    kind: DecisionKind,
    edition: date,
    content_hash: str,
    decided_by: str,
    why: str,
    run_id: str | None = None,
) -> Path:
    """Write a decision and return its file; never changes an earlier one.

    Raises:
        HomeError: the disk refused the file.
    """
    earlier = read_decisions(home)
    now = datetime.now(UTC).replace(tzinfo=None)
    if earlier:  # a clock set back must not put a release before the hold that it lifts
        now = max(now, earlier[-1].decided_at + timedelta(microseconds=1))
    decision = Decision(
        decided_at=now,
        decision=kind,
        edition=edition,
        content_hash=content_hash,
        decided_by=decided_by,
        why=why,
        run_id=run_id,
    )
    path = home.decisions / f"{now:%Y%m%dT%H%M%S.%f}-{kind}-{edition}.json"
    write_json(path, decision.model_dump(mode="json"))
    return path


def read_decisions(home: Home) -> list[Decision]:
    """Every decision of this home, oldest first."""
    files = sorted(home.decisions.glob("*.json"))
    return [Decision.model_validate(read_json(file)) for file in files]


def held_contents(decisions: list[Decision]) -> set[tuple[date, str]]:
    """The (edition, content hash) pairs whose last hold was not lifted by a release or override."""
    held: set[tuple[date, str]] = set()
    for one in decisions:
        if one.decision == "hold":
            held.add((one.edition, one.content_hash))
        elif one.decision in ("release", "override"):
            held.discard((one.edition, one.content_hash))
    return held
