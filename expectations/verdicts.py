"""Verdicts: the rows of `quality.expectation_result`, and the files that carry them there."""

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl

from core.files import whole_file

SCHEMA = pl.Schema(
    {
        "run_id": pl.String,
        "publication_id": pl.String,
        "edition": pl.Date,
        "suite": pl.String,
        "expectation": pl.String,
        "table_name": pl.String,
        "column_name": pl.String,
        "severity": pl.String,
        "success": pl.Boolean,
        "observed": pl.String,
        "sentence": pl.String,
        "overridden_by": pl.String,
    }
)


@dataclass(frozen=True)
class Verdict:
    """What one expectation found; `sentence` says why it matters and what to do.

    `overridden_by` is the person who decided that this content is published although it failed.
    """

    suite: str
    expectation: str
    table_name: str
    column_name: str | None
    severity: str
    success: bool
    observed: str
    sentence: str
    overridden_by: str | None = None

    @property
    def name(self) -> str:
        """`suite/expectation`, as decisions name it."""
        return f"{self.suite}/{self.expectation}"

    @property
    def stops(self) -> bool:
        """Whether this verdict alone refuses the edition."""
        return not self.success and self.severity == "critical" and self.overridden_by is None

    def tell(self) -> str:
        """One paragraph for a log."""
        over = f", overridden by {self.overridden_by}," if self.overridden_by else ""
        return f"{self.severity}{over} {self.name}: {self.observed}. {self.sentence}"


def write_verdicts(verdicts: list[Verdict], run_id: str, edition: date, path: Path) -> None:
    """Write the verdicts of one suite; `publication_id` is NULL until a publication holds them."""
    rows = [
        {**asdict(verdict), "run_id": run_id, "publication_id": None, "edition": edition}
        for verdict in verdicts
    ]
    with whole_file(path) as temporary:
        pl.DataFrame(rows, schema=SCHEMA).write_parquet(temporary)
