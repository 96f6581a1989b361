"""What the gate said of the runs of an edition, and how that edition stands now."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from core.decisions import GATE, Decision, holds, read_decisions
from core.files import read_json
from core.home import Home
from warehouse.publications import current, open_read_only

type Row = dict[str, Any]

_PUBLISHED = """
select r.*, p.published_at, p.gate_result
from quality.expectation_result as r
join meta.publication as p using (publication_id)
where r.edition = $1
order by p.publication_id, r.suite, r.expectation
"""


@dataclass(frozen=True)
class Judged:
    """A run that was refused or published, and the verdicts on it; `at` is naive UTC."""

    run_id: str
    at: datetime
    result: str
    publication_id: str | None
    verdicts: tuple[Row, ...]

    @property
    def checked(self) -> int:
        return len(self.verdicts)

    @property
    def failed(self) -> list[Row]:
        """Failed verdicts, suite by suite, the critical first."""
        order = ("landed", "enriched", "marts")
        return sorted(
            (one for one in self.verdicts if not one["success"]),
            key=lambda one: (order.index(one["suite"]), one["severity"], one["expectation"]),
        )


@dataclass(frozen=True)
class Refusal:
    """What the gate refused a run for; `contents` are (edition, content hash)."""

    run_id: str
    refused_at: datetime
    contents: tuple[tuple[date, str], ...]
    expectations: tuple[str, ...]

    def content_of(self, edition: date) -> str | None:
        """The content of `edition` that was refused, if any was."""
        return next((content for day, content in self.contents if day == edition), None)


@dataclass(frozen=True)
class State:
    """How an edition stands: a sentence, who holds it, and the decisions about it in order."""

    edition: date
    told: str
    held_by_gate: bool
    held_by_person: bool
    awaits_run: bool
    decisions: tuple[Decision, ...]


def refusals(home: Home, edition: date) -> list[Refusal]:
    """The refusals that held a content of `edition`, the last refused last."""
    found = [
        Refusal(
            run_id=record["run_id"],
            refused_at=datetime.fromisoformat(record["refused_at"]),
            contents=tuple((date.fromisoformat(day), one) for day, one in record["contents"]),
            expectations=tuple(record["expectations"]),
        )
        for record in map(read_json, (home.quality / "verdicts").glob("*/refused.json"))
    ]
    mine = (one for one in found if one.content_of(edition))
    return sorted(mine, key=lambda one: (one.refused_at, one.run_id))


def judged_runs(home: Home, edition: date) -> list[Judged]:
    """Every run about `edition` that the gate refused or let publish, the last judged last."""
    refused = [
        Judged(one.run_id, one.refused_at, "refused", None, _kept_verdicts(home, one.run_id))
        for one in refusals(home, edition)
    ]
    return sorted([*refused, *_published(home, edition)], key=lambda one: (one.at, one.run_id))


def state_of(home: Home, edition: date) -> State:
    """How `edition` stands by the decisions and by what is published.

    `awaits_run`: what was decided last comes into force only by a run of the edition.
    """
    decisions = read_decisions(home)
    held = {content: one for (day, content), one in holds(decisions).items() if day == edition}
    by_person = [one for one in held.values() if one.decided_by != GATE]
    refused = refusals(home, edition)
    last = refused[-1].content_of(edition) if refused else None
    loaded, publication_id = _loaded(home, edition)
    mine = tuple(one for one in decisions if one.edition == edition)
    since = _published(home, edition)
    by_hand = [
        one for one in mine if one.decision in ("override", "release") and one.decided_by != GATE
    ]
    return State(
        edition=edition,
        told=f"its content {loaded} is published in {publication_id}."
        if loaded
        else "nothing of it is published.",
        held_by_gate=last in held and held[last].decided_by == GATE if last else False,
        held_by_person=bool(by_person),
        awaits_run=bool(by_hand) and (not since or by_hand[-1].decided_at > since[-1].at),
        decisions=mine,
    )


def _kept_verdicts(home: Home, run_id: str) -> tuple[Row, ...]:
    files = sorted((home.quality / "verdicts" / run_id).glob("*.parquet"))
    return tuple(row for file in files for row in pl.read_parquet(file).iter_rows(named=True))


def _published(home: Home, edition: date) -> list[Judged]:
    if current(home) is None:
        return []
    connection = open_read_only(home)
    try:
        rows = connection.execute(_PUBLISHED, [edition]).pl().to_dicts()
    finally:
        connection.close()
    by_publication: dict[str, list[Row]] = {}
    for row in rows:
        by_publication.setdefault(row["publication_id"], []).append(row)
    return [
        Judged(
            run_id=own[0]["run_id"],
            at=own[0]["published_at"],
            result=own[0]["gate_result"],
            publication_id=publication_id,
            verdicts=tuple(own),
        )
        for publication_id, own in by_publication.items()
    ]


def _loaded(home: Home, edition: date) -> tuple[str | None, str | None]:
    """The content of `edition` that is published now, and the publication; None and None."""
    now = current(home)
    if now is None:
        return None, None
    connection = open_read_only(home)
    try:
        row = connection.execute(
            "select content_hash from meta.edition where edition = $1", [edition]
        ).fetchone()
    finally:
        connection.close()
    return (row[0], now.stem) if row else (None, None)
