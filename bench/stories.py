"""What near-duplicates and stories of an edition cost with little and with much history.

Two homes have the same new edition and the same window of 30 days before it; one has a hundred
times as many articles before that. The tasks run on both in turns, in a process of its own each.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.history import WINDOW_DAYS, Amount, Wordings, make_history
from bench.real_texts import CORPUS
from core.config import PROJECT_ROOT
from core.home import ENVIRONMENT_VARIABLE, Home

type Tasks = dict[str, dict[str, float]]

REPEATS, REAL_TEXTS = 3, 4_000
FEW = Amount(new=5_000, a_day=1_000, older_editions=2, older_a_day=5_000)
MANY = Amount(new=5_000, a_day=1_000, older_editions=200, older_a_day=5_000)
TARGET = 1.2


@contextmanager
def history(wordings: Wordings, amount: Amount) -> Iterator[Path]:
    """A home with so much history, where the new edition is enriched and waits to be grouped."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        os.environ[ENVIRONMENT_VARIABLE] = folder
        try:
            make_history(Home(Path(folder)), wordings, amount)
        finally:
            del os.environ[ENVIRONMENT_VARIABLE]
        yield Path(folder)


def measure(home: Path) -> Tasks:
    """Wall and CPU seconds of each task on the new edition, and the process's peak."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.stories_client"],
        env={**os.environ, ENVIRONMENT_VARIABLE: str(home)},
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    tasks: Tasks = json.loads(done.stdout.splitlines()[-1])
    return tasks


# what a person reads ----------------------------------------------------------------------


def show_all(console: Console) -> None:
    """Measure and print beside the target; ends the program where the corpus is absent."""
    if not CORPUS.is_dir():
        sys.exit(f"stories are measured on wordings made from {CORPUS}, which is absent.")
    console.print(f"making {FEW.older:,} and {MANY.older:,} articles of history …")
    wordings = Wordings(REAL_TEXTS)
    with history(wordings, FEW) as few, history(wordings, MANY) as many:
        console.print(f"grouping an edition of {FEW.new:,} beside each, {REPEATS} times …")
        pairs = [(measure(few), measure(many)) for _ in range(REPEATS)]
    window = FEW.a_day * WINDOW_DAYS
    table = Table(
        title=f"an edition of {FEW.new:,} with {window:,} articles in the {WINDOW_DAYS} days "
        f"before: median (range) of {REPEATS}"
    )
    columns = ("CPU seconds", f"{FEW.older:,} older", f"{MANY.older:,} older", "ratio")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    tasks = [name for name in pairs[0][0] if name != "process"]
    for name in tasks:
        table.add_row(name, *_row([[_cpu(one, [name]) for one in pair] for pair in pairs]))
    totals = [[_cpu(one, tasks) for one in pair] for pair in pairs]
    table.add_row("all", *_row(totals))
    walls = [[sum(one[name]["wall_seconds"] for name in tasks) for one in pair] for pair in pairs]
    table.add_row("all, wall", *_row(walls))
    console.print(table)
    peak = max(one["process"]["megabytes"] for pair in pairs for one in pair)
    console.print(
        f"{statistics.median(much / little for little, much in totals):.2f} times the CPU "
        f"(target {TARGET}); peak {peak:,.0f} MB\n"
    )


def _cpu(tasks: Tasks, names: list[str]) -> float:
    return sum(tasks[name]["cpu_seconds"] for name in names)


def _row(pairs: list[list[float]]) -> list[str]:
    """Little history, much, and the ratio, each with its spread."""
    little, much = zip(*pairs, strict=True)
    ratios = [two / one for one, two in pairs]
    return [_spread(values) for values in (list(little), list(much), ratios)]


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"
