"""The questions of docs/queries, and a brief, from a warehouse of 1,000,000 articles.

The warehouse is made by `bench.million`, of articles that speak of the subject, dealt into an
edition a day, given the figures and citations of earlier briefs, and published for real. It needs
14 GB of disk, and about fifteen minutes to be made.

    python -m bench.questions FOLDER      make it there and keep it, or ask the one that is there
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from bench import brief
from bench.days import deal
from bench.million import CORPUS, large_candidate
from bench.publications import ARTICLES, pass_gate
from core.config import PROJECT_ROOT
from core.home import Home
from warehouse.database import open_for_writing
from warehouse.publish import publish

QUERIES = PROJECT_ROOT / "docs" / "queries"
NEWEST = 5_000
ROUNDS = 7
THREADS = 2
TARGETS = {"p95": 0.5, "each": 2.0}
FIGURES_OF_A_BRIEF = 120
CITED_OF_A_BRIEF = 40


@dataclass(frozen=True)
class Asked:
    """A question with how many rows it has, and the wall and CPU seconds of each time."""

    name: str
    rows: int
    seconds: tuple[float, ...]
    cpu_seconds: tuple[float, ...]


def make(folder: Path, articles: int = ARTICLES) -> Path:
    """Publish a warehouse of so many articles under `folder`; returns the publication."""
    run, _ = large_candidate(folder, articles, subject=True)
    (folder / "sample.duckdb").unlink()
    editions = deal(run.paths.candidate(run.run_id), NEWEST)
    _remember_briefs(run.paths.candidate(run.run_id))
    pass_gate(run, editions, base=None)
    publish(run.run_id)
    return run.paths.warehouse.resolve()


def _remember_briefs(candidate: Path) -> None:
    """What a brief of each day would have left: figures that it printed, articles it cited."""
    with open_for_writing(candidate, candidate.parent / "spill") as connection:
        connection.execute(_FIGURES, {"most": FIGURES_OF_A_BRIEF})
        connection.execute(_CITATIONS, {"most": CITED_OF_A_BRIEF})
        connection.execute("checkpoint")


# A brief a day; its publication is the one of this warehouse, which is the only one.
_FIGURES = """
insert into meta.brief_figure by name
select
    'p000001' as publication_id,
    days.published_day as edition,
    'themes[' || number || '].stories' as figure,
    number::varchar as value,
    'select "stories" from (select ' || number || ' as stories)' as sql
from (select distinct published_day from marts.fct_coverage_daily) as days,
    range($most) as numbers (number)
"""
_CITATIONS = """
insert into meta.brief_citation by name
select
    'p000001' as publication_id,
    published_day as edition,
    article_id,
    version_id
from marts.dim_article
where published_day is not null
qualify row_number() over (partition by published_day order by article_id) <= $most
"""


def ask_all(publication: Path, rounds: int = ROUNDS) -> list[Asked]:
    """Ask every question `rounds` times, in turns, each in a read-only connection of its own.

    The seconds are those from the connection to the last row. Before the first turn every
    question was asked once, so that none pays for what the disk gives to all.
    """
    queries = {path.stem: path.read_text("utf-8") for path in sorted(QUERIES.glob("*.sql"))}
    rows = {name: _ask(publication, sql)[0] for name, sql in queries.items()}
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in queries}
    for _ in range(rounds):
        for name, sql in queries.items():
            costs[name].append(_ask(publication, sql)[1:])
    return [
        Asked(name, rows[name], *map(tuple, zip(*costs[name], strict=True))) for name in queries
    ]


def _ask(publication: Path, sql: str) -> tuple[int, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    with duckdb.connect(publication, read_only=True, config={"threads": THREADS}) as connection:
        rows = len(connection.execute(sql).fetchall())
    return rows, time.perf_counter() - wall, time.process_time() - cpu


def p95(seconds: Sequence[float]) -> float:
    """The smallest measured value that 95 % of them do not exceed."""
    ordered = sorted(seconds)
    return ordered[-(-len(ordered) * 95 // 100) - 1]


def show(console: Console, asked: list[Asked], publication: Path) -> None:
    """Print the questions, the slowest first, and the whole against the targets."""
    table = Table(title=f"{len(asked)} questions, {publication.stat().st_size / 1e9:.1f} GB")
    for column in ("question", "rows", "median ms", "p95 ms", "CPU ms"):
        table.add_column(column, justify="left" if column == "question" else "right")
    for one in sorted(asked, key=lambda one: statistics.median(one.seconds), reverse=True):
        told = (
            statistics.median(one.seconds),
            p95(one.seconds),
            statistics.median(one.cpu_seconds),
        )
        table.add_row(one.name, f"{one.rows:,}", *(f"{value * 1e3:,.0f}" for value in told))
    console.print(table)
    every = [value for one in asked for value in one.seconds]
    console.print(
        f"over all: median {statistics.median(every) * 1e3:,.0f} ms, "
        f"p95 {p95(every) * 1e3:,.0f} ms (target {TARGETS['p95'] * 1e3:,.0f}), "
        f"slowest {max(every):.2f} s (target {TARGETS['each']:.0f}); "
        f"{len(asked[0].seconds)} times each, {THREADS} threads"
    )


def show_made(console: Console, folder: Path) -> None:
    """Ask the warehouse that was made under `folder`, write the brief of its newest edition."""
    publication = Home(folder / "home").warehouse.resolve()
    show(console, ask_all(publication), publication)
    with duckdb.connect(publication, read_only=True) as connection:
        [(edition,)] = connection.execute("select max(edition) from meta.edition").fetchall()
    brief.show(console, brief.write_again(folder, edition), folder / "home")


def show_all(console: Console, articles: int = ARTICLES) -> None:
    """Make it, measure and print; ends the program where the real articles are absent."""
    if not CORPUS.is_dir():
        sys.exit(f"a large warehouse needs the real articles of {CORPUS}; nothing was asked.")
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        console.print(f"making a warehouse of {articles:,} articles …")
        make(Path(folder), articles)
        show_made(console, Path(folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    options = parser.parse_args()
    if not Home(options.folder / "home").warehouse.exists():
        make(options.folder, options.articles)
    show_made(Console(), options.folder)


if __name__ == "__main__":
    main()
