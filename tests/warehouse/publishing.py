"""Runs whose candidate the gate has passed, and questions to what is published."""

from collections.abc import Sequence

import duckdb

from core.home import Home
from core.plan import Run
from tests.warehouse.newsroom import land, pass_gate
from warehouse.candidate import open_candidate
from warehouse.database import open_for_writing


def prepare(
    home: Home,
    edition: str,
    run_id: str | None = None,
    *,
    names: Sequence[str] = ("a",),
    wording: str = "",
) -> Run:
    """A run whose candidate the gate has passed; `marts.marker` stands for its marts."""
    run = land(home, edition, names, run_id=run_id, wording=wording)
    open_candidate(run.run_id)
    with open_for_writing(home.candidate(run.run_id), run.work / "spill") as connection:
        connection.execute(
            "create or replace table marts.marker as select $1 as run_id", [run.run_id]
        )
    pass_gate(run)
    return run


def ask(home: Home, query: str) -> list[tuple[object, ...]]:
    """The rows of a query to the current publication, through the symlink."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()
