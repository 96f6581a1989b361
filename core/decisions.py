"""What a person or the gate decided about an edition: append-only files in `decisions/`.

A decision is about one content of an edition (its hash), so that an edition collected or
replayed with another content is judged anew; or about one row of it in quarantine (article and
wording), whatever the rest of the edition holds. The files are in force in the order of their
names.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from core.files import read_json, write_json
from core.home import Home

DecisionKind = Literal["hold", "release", "override", "rollback", "takedown", "discard", "replay"]
KINDS: tuple[DecisionKind, ...] = get_args(DecisionKind)
GATE = "gate"
"""Who decides where no person does."""

type Content = tuple[date, str]
type Wording = tuple[date, str, str]


class Decision(BaseModel):
    """One decision; `decided_at` is naive UTC, `run_id` the run that it came from, if any.

    `expectations` are those that an override lets pass, as `suite/expectation`. A release or a
    discard with `article_id` and `version_id` is about that row of the edition alone. A takedown
    is about the article `article_id`, in whatever edition; `urls` are all it was known by, the
    canonical one first (`core.takedowns` reads them).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    decided_at: datetime
    decision: DecisionKind
    edition: date
    content_hash: str
    decided_by: str
    why: str
    run_id: str | None = None
    article_id: str | None = None
    version_id: str | None = None
    expectations: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()

    @property
    def wording(self) -> Wording | None:
        """(edition, article_id, version_id) of a decision about one row, else None."""
        if self.article_id is None or self.version_id is None:
            return None
        return self.edition, self.article_id, self.version_id


def append_decision(  # noqa: PLR0917 - the words of one sentence, in its order
    home: Home,
    kind: DecisionKind,
    edition: date,
    content_hash: str,
    decided_by: str,
    why: str,
    run_id: str | None = None,
    *,
    article_id: str | None = None,
    version_id: str | None = None,
    expectations: tuple[str, ...] = (),
    urls: tuple[str, ...] = (),
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
        article_id=article_id,
        version_id=version_id,
        expectations=expectations,
        urls=urls,
    )
    path = home.decisions / f"{now:%Y%m%dT%H%M%S.%f}-{kind}-{edition}.json"
    write_json(path, decision.model_dump(mode="json"))
    return path


def read_decisions(home: Home) -> list[Decision]:
    """Every decision of this home, oldest first."""
    files = sorted(home.decisions.glob("*.json"))
    return [Decision.model_validate(read_json(file)) for file in files]


def held_contents(decisions: list[Decision]) -> set[Content]:
    """The (edition, content hash) pairs whose last hold was not lifted by a release or override."""
    return set(holds(decisions))


def holds(decisions: list[Decision]) -> dict[Content, Decision]:
    """The contents on hold, each with the last hold of a person, else with that of the gate."""
    held: dict[Content, Decision] = {}
    for one in decisions:
        content = one.edition, one.content_hash
        if one.wording is not None:
            continue
        if one.decision == "hold":
            if one.decided_by != GATE or content not in held:
                held[content] = one
        elif one.decision in ("release", "override"):
            held.pop(content, None)
    return held


def overrides(decisions: list[Decision], content: Content) -> dict[str, Decision]:
    """The expectations that persons let fail for exactly this content, each with its override.

    A person's hold ends the overrides before it; the gate's, for another failure, does not.
    """
    allowed: dict[str, Decision] = {}
    for one in decisions:
        if (one.edition, one.content_hash) != content or one.wording is not None:
            continue
        if one.decision == "hold" and one.decided_by != GATE:
            allowed.clear()
        elif one.decision == "override":
            allowed |= dict.fromkeys(one.expectations, one)
    return allowed


def row_decisions(decisions: list[Decision]) -> dict[Wording, Decision]:
    """The last release or discard of every row that a person decided about."""
    return {one.wording: one for one in decisions if one.wording is not None}


def released_rows(decisions: list[Decision], edition: date) -> list[tuple[str, str]]:
    """(article_id, version_id) of the edition's rows that are released from quarantine, sorted."""
    return sorted(
        (article_id, version_id)
        for (day, article_id, version_id), last in row_decisions(decisions).items()
        if day == edition and last.decision == "release"
    )
