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
    """How an edition stands: a sentence, who holds it, and the decisions about it in order.

    `refusal` is that by which the gate holds it.
    """

    edition: date
    told: str
    refusal: Refusal | None
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
    loaded, publication_id = _loaded(home, edition)
    published = _published(home, edition)
    published_at = published[-1].at if published else datetime.min  # noqa: DTZ901 - naive, as all
    mine = tuple(one for one in decisions if one.edition == edition)
    return State(
        edition=edition,
        told=f"its content {loaded} is published in {publication_id}."
        if loaded
        else "nothing of it is published.",
        refusal=_in_force(refusals(home, edition), edition, held, published_at),
        held_by_person=any(one.decided_by != GATE for one in held.values()),
        awaits_run=any(
            one.decision in ("override", "release")
            and one.decided_by != GATE
            and one.decided_at > published_at
            for one in mine
        ),
        decisions=mine,
    )


def _in_force(
    refused: list[Refusal], edition: date, held: dict[str, Decision], published_at: datetime
) -> Refusal | None:
    """The last refusal, unless the edition was published since or a person lifted its hold."""
    if not refused or refused[-1].refused_at < published_at:
        return None
    hold = held.get(refused[-1].content_of(edition) or "")
    return refused[-1] if hold and hold.decided_by == GATE else None


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
