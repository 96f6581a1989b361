"""The brief of an edition of 5,000 articles: all of its files, by a process of its own.

The warehouse is one of `bench.million` of some 33,000 articles, of which 5,000 are in the newest
edition and the others in an edition a day of the month before it.

    python -m bench.brief PUBLICATION EDITION      write it, as the task of daily_brief does
"""

import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.days import deal
from bench.million import CORPUS, large_candidate
from bench.publications import pass_gate, watched
from core.config import config_folder, load_themes
from core.home import Home
from enrich.account import TaxonomyReader
from reports.brief import write_brief
from warehouse.publish import publish

ARTICLES = 5_000
HISTORY = 30_000
ROUNDS = 3
TARGET_SECONDS = 10.0


def measure(folder: Path, articles: int = ARTICLES, rounds: int = ROUNDS) -> list[dict[str, float]]:
    """Make the publication under `folder`, and what its brief costs each time.

    Returns wall and CPU seconds and peak megabytes, imports included.
    """
    run, _ = large_candidate(folder, HISTORY, subject=True)
    editions = deal(run.paths.candidate(run.run_id), articles)
    pass_gate(run, editions, base=None)
    publish(run.run_id)
    return write_again(folder, editions[-1], rounds)


def write_again(folder: Path, edition: date, rounds: int = ROUNDS) -> list[dict[str, float]]:
    """What the brief of `edition` of the home in `folder` costs, as `measure`."""
    publication = Home(folder / "home").warehouse.resolve().stem
    return [watched(folder, "bench.brief", publication, str(edition))[0] for _ in range(rounds)]


def show_all(console: Console) -> None:
    """Measure and print; ends the program where the real articles are absent."""
    if not CORPUS.is_dir():
        sys.exit(f"an edition of {ARTICLES:,} needs the real articles of {CORPUS}.")
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        console.print(f"making an edition of {ARTICLES:,} articles …")
        show(console, measure(Path(folder)), Path(folder) / "home")


def show(console: Console, costs: list[dict[str, float]], home: Path) -> None:
    """Print the runs as median and range, and what the brief's files weigh."""
    table = Table(title=f"The brief of {ARTICLES:,} articles, {len(costs)} times")
    for column in ("", "median", "least", "most"):
        table.add_column(column, justify="right" if column else "left")
    for name in ("seconds", "cpu_seconds", "peak_megabytes"):
        values = [one[name] for one in costs]
        told = (statistics.median(values), min(values), max(values))
        table.add_row(name.replace("_", " "), *(f"{value:,.1f}" for value in told))
    console.print(table)
    newest = max((home / "reports").glob("????-??-??"))
    sizes = (f"{path.name} {path.stat().st_size / 1e3:,.0f} kB" for path in newest.glob("brief.*"))
    console.print(f"target {TARGET_SECONDS:.0f} s; {', '.join(sorted(sizes))}\n")


def main() -> None:
    publication, edition = sys.argv[1:]
    reader = TaxonomyReader(load_themes(config_folder() / "themes.yml"))
    path = write_brief(publication, edition, reader=reader)
    print(f'"{path}"')  # `watched` reads a last line of JSON


if __name__ == "__main__":
    main()
