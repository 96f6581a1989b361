"""A copy of the healthy newsroom for one fault to damage, and what the gate then says."""

import os
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from core.files import read_json, write_json
from core.home import Home
from core.landed import LANDED, read_landed, write_landed
from core.plan import Run, load_run
from tests.faults.newsroom import RUN


@dataclass(frozen=True)
class Scene:
    """A home of its own, in which a fault damages today's run."""

    home: Home
    run: Run

    def rows(self, table: str) -> pl.DataFrame:
        """The landed rows of today."""
        return read_landed(self.run.landing, table)

    def land(self, table: str, rows: pl.DataFrame) -> None:
        """Replace the landed rows of today."""
        shutil.rmtree(self.run.landing / table, ignore_errors=True)
        write_landed(rows.select(LANDED[table].names()), self.run.landing, table, "part-0")

    def change(self, table: str, *columns: pl.Expr, **named: pl.Expr) -> None:
        """Give columns of today's landed rows other values."""
        self.land(table, self.rows(table).with_columns(*columns, **named))

    def keep(self, table: str, condition: pl.Expr) -> None:
        """Lose today's landed rows that do not meet the condition."""
        self.land(table, self.rows(table).filter(condition))

    def sql(self, *statements: str) -> None:
        """Change the candidate; the scratch database beside it tells what the run touched."""
        with duckdb.connect(self.home.candidate(RUN)) as connection:
            connection.execute(f"attach '{self.home.scratch(RUN)}' as scratch (read_only)")
            for statement in statements:
                connection.execute(statement)


def copy_scene(healthy: Home, root: Path) -> Scene:
    """A copy of `healthy` in `root`: databases are copied, landed files linked.

    Stations replace landed files and never rewrite them, so a link is as good as a copy.
    """
    shutil.copytree(
        healthy.root, root, symlinks=True, copy_function=_link, ignore=_ignore_other_runs
    )
    for database in root.glob("work/*/*.duckdb"):
        origin = healthy.root / database.relative_to(root)
        database.unlink()
        shutil.copyfile(origin, database)
    home = Home(root)
    plan = home.work(RUN) / "run.json"
    write_json(plan, {**read_json(plan), "home": str(root)})
    return Scene(home, _configured(healthy).model_copy(update={"home": root}))


@cache
def _configured(healthy: Home) -> Run:
    """Today's run, whose configuration is read once for all copies."""
    run = load_run(RUN, healthy)
    for part in ("sources", "themes", "entities", "thresholds"):
        getattr(run, part)
    return run


def _link(origin: str, copy: str) -> None:
    os.link(origin, copy)


def _ignore_other_runs(folder: str, names: list[str]) -> list[str]:
    if Path(folder).name == "work":
        return [one for one in names if one != RUN]
    return ["dbt"] if Path(folder).name == RUN else []
