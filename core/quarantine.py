"""The rows in quarantine: their short names, and what persons decided about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from core.decisions import Decision, Wording, read_decisions, row_decisions
from core.home import Home
from core.identity import short_hash
from core.landed import read_landed
from core.plan import read_closed

type State = Literal["open", "released", "discarded"]
_ID_DIGITS = 10


@dataclass(frozen=True)
class Case:
    """A row in quarantine and one expectation that it fails; `folder` is its landing.

    A released case leaves the quarantine when its edition is run again.
    """

    quarantine_id: str
    edition: date
    article_id: str
    version_id: str
    source_id: str
    url: str
    expectation: str
    reason: str
    may_release: bool
    folder: Path
    decision: Decision | None

    @property
    def wording(self) -> Wording:
        return self.edition, self.article_id, self.version_id

    @property
    def state(self) -> State:
        """What was decided last about the row."""
        if self.decision is None:
            return "open"
        return "released" if self.decision.decision == "release" else "discarded"


def quarantine_id(edition: date, article_id: str, version_id: str, expectation: str) -> str:
    """The name of a case for a person to type: 10 hex, the same in every run."""
    return short_hash(edition.isoformat(), article_id, version_id, expectation)[:_ID_DIGITS]


def with_ids(refused: pl.DataFrame, edition: date) -> pl.DataFrame:
    """Landed rows of `quarantine` with their `quarantine_id`."""
    ids = [
        quarantine_id(edition, article_id, version_id, expectation)
        for article_id, version_id, expectation in refused.select(
            "article_id", "version_id", "expectation"
        ).iter_rows()
    ]
    return refused.with_columns(quarantine_id=pl.Series(ids, dtype=pl.String))


def read_cases(home: Home, edition: date | None = None) -> list[Case]:
    """Every case of the landed editions, or of one, by edition, outlet and URL."""
    decided = row_decisions(read_decisions(home))
    found = [
        case
        for day, folder in _landings(home)
        if edition in (None, day)
        for case in _cases(day, folder, decided)
    ]
    return sorted(found, key=lambda one: (one.edition, one.source_id, one.url, one.expectation))


def _landings(home: Home) -> Iterator[tuple[date, Path]]:
    for folder in sorted(home.landing_root.glob("????-??-??")):
        edition = date.fromisoformat(folder.name)
        closed = read_closed(home, edition)
        if closed:
            yield edition, home.landing(edition, closed["collect_id"])


def _cases(edition: date, folder: Path, decided: dict[Wording, Decision]) -> Iterator[Case]:
    refused = with_ids(read_landed(folder, "quarantine"), edition).drop("is_last")
    for row in refused.iter_rows(named=True):
        decision = decided.get((edition, row["article_id"], row["version_id"]))
        yield Case(**row, edition=edition, folder=folder, decision=decision)
