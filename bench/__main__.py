"""`make bench`: fetching, enrichment, stories, names, editions, runs, briefs, a large warehouse.

Prints tables a person reads. `--part` measures one of them alone.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import (
    brief,
    empty_run,
    enrichment,
    fetching,
    gates,
    kb,
    publications,
    questions,
    stories,
)
from bench.edition import Measured, measure
from core.config import PROJECT_ROOT

REAL_PAGES = 181
PARTS = [
    "fetching", "enrichment", "stories", "kb", "editions", "empty-run", "brief", "publications",
    "gates", "questions",
]  # fmt: skip
TARGETS = {"articles_per_second": 25.0, "ratio": 1.4, "peak_megabytes": 2048.0, "gates_share": 0.1}


def show(console: Console, figures: Measured) -> None:
    """Print the stations of one size, then the whole and its targets."""
    table = Table(title=f"{figures.pages} pages, {figures.articles} articles loaded")
    for column in ("task in Airflow", "seconds", "articles/s"):
        table.add_column(column, justify="left" if column.startswith("task") else "right")
    for task, seconds in figures.airflow_seconds.items():
        table.add_row(task, f"{seconds:.1f}", f"{figures.articles / max(seconds, 0.001):,.0f}")
    whole = figures.edition_seconds
    table.add_row("first fetch to publication", f"{whole:.1f}", f"{figures.articles / whole:,.1f}")
    console.print(table)
    cpu = Table(title="CPU seconds")
    for column in ("what", "CPU seconds"):
        cpu.add_column(column, justify="left" if column == "what" else "right")
    for name, seconds in figures.station_cpu_seconds.items():
        cpu.add_row(f"station {name}", f"{seconds:.1f}")
    for name, seconds in figures.bare_cpu_seconds.items():
        cpu.add_row(f"{name} alone", f"{seconds:.1f}")
    ours = sum(figures.station_cpu_seconds.values())
    cpu.add_row("ratio stations / libraries alone", f"{figures.ratio:.2f}")
    cpu.add_row(
        "Airflow's own processes (whole run less stations)",
        f"{figures.airflow_cpu_seconds - ours:.1f}",
    )
    console.print(cpu)
    console.print(
        f"largest process {figures.peak_megabytes:,.0f} MB "
        f"(target {TARGETS['peak_megabytes']:,.0f}); "
        f"{figures.articles / whole:.1f} articles/s (target {TARGETS['articles_per_second']:.0f} "
        f"at 5,000 pages); ratio {figures.ratio:.2f} (target {TARGETS['ratio']}); gates "
        f"{figures.gates_share:.1%} of the edition (target {TARGETS['gates_share']:.0%})\n"
    )


def measure_editions(console: Console, sizes: list[int]) -> None:
    """Measure an edition of each size; ends the program where the real pages are absent."""
    corpus = PROJECT_ROOT.parent / "shared" / "corpus"
    if not corpus.is_dir():
        sys.exit(
            f"an edition needs the real pages of {corpus}, which is absent; none was measured."
        )
    for pages in sizes:
        with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
            console.print(f"measuring {pages} pages …")
            show(console, measure(corpus, Path(folder), copies=max(1, round(pages / REAL_PAGES))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--pages", type=int, nargs="*", default=[REAL_PAGES, 5_000])
    parser.add_argument("--articles", type=int, default=publications.ARTICLES)
    options = parser.parse_args()
    console = Console()
    parts: dict[str, Callable[[], None]] = {
        "fetching": lambda: fetching.show_all(console),
        "enrichment": lambda: enrichment.show_all(console),
        "stories": lambda: stories.show_all(console),
        "kb": lambda: kb.show_all(console),
        "editions": lambda: measure_editions(console, options.pages),
        "empty-run": lambda: empty_run.show_all(console),
        "brief": lambda: brief.show_all(console),
        "publications": lambda: publications.show_all(console, options.articles),
        "gates": lambda: gates.show_all(console, options.articles),
        "questions": lambda: questions.show_all(console, options.articles),
    }
    for name, show_part in parts.items():
        if options.part in (None, name):
            show_part()


if __name__ == "__main__":
    main()
