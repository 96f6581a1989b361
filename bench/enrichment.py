"""Speed and memory of enrichment: two processes of `enrich_shard` beside the bare libraries.

The texts are real and read in full; loading is not in the figures. Without the recogniser means
that its names are in the cache, as where gazetteer or taxonomy changed; all else is done anew.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.enrich_client import RUN_ID, Cost
from bench.real_texts import CORPUS, landed_articles
from bench.together import Together, run_together
from core.home import ENVIRONMENT_VARIABLE, Home
from core.landed import read_landed, write_landed
from core.plan import load_run, plan_run
from enrich.components import NER

PROCESSES, REPEATS, TEXTS = 2, 5, 2_000
LARGEST_SHARD = 10_000
TARGETS = {"with": 100, "without": 1_000, "megabytes": 1_536}


@dataclass(frozen=True)
class Enriched(Together[Cost]):
    """One measurement of an edition's articles."""

    @property
    def articles(self) -> int:
        return sum(cost.articles for cost in self.costs)

    @property
    def articles_per_second(self) -> float:
        return self.articles / self.wall_seconds

    @property
    def megabytes(self) -> float:
        """The peak of the largest process."""
        return max(cost.megabytes for cost in self.costs)


@contextmanager
def landed(texts: int) -> Iterator[Home]:
    """A home where a run is planned whose edition holds so many distinct real texts."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        home = Home(Path(folder))
        run = plan_run(RUN_ID, home=home)
        write_landed(landed_articles(texts), run.landing, "article", "bench")
        yield home


def measure(home: Home, kind: str, processes: int = PROCESSES) -> Enriched:
    """Let the processes of `kind` (see `bench.enrich_client`) share the edition's articles.

    Raises:
        RuntimeError: not every article was read; the figures would mean nothing.
    """
    commands = [
        ["bench.enrich_client", kind, "--process", str(number), "--of", str(processes)]
        for number in range(processes)
    ]
    environment = {**os.environ, ENVIRONMENT_VARIABLE: str(home.root)}
    done = Enriched([Cost(**json.loads(line)) for line in run_together(commands, environment)])
    landing = load_run(RUN_ID, home).landing
    expected = read_landed(landing, "article").height
    if done.articles != expected:
        raise RuntimeError(f"{done.articles} of {expected} articles were read")
    return done


def forget_all_but_names(home: Home) -> None:
    """Empty the cache of everything but what the recogniser saw."""
    for folder in home.enrich_cache.iterdir():
        if folder.name != NER.name:
            shutil.rmtree(folder)


# what a person reads ----------------------------------------------------------------------


def show_all(console: Console) -> None:
    """Measure and print beside the targets; ends the program where the corpus is absent."""
    if not CORPUS.is_dir():
        sys.exit(f"enrichment is measured on the real texts of {CORPUS}, which is absent.")
    _show_speed(console)
    _show_memory(console)


def _show_speed(console: Console) -> None:
    console.print(f"enriching {TEXTS:,} real texts, {REPEATS} times …")
    whole, spacy, named, automaton = [], [], [], []
    for _ in range(REPEATS):  # in turns, so that all see the same machine
        with landed(TEXTS) as home:
            spacy.append(measure(home, "spacy"))
            whole.append(measure(home, "station"))
            forget_all_but_names(home)
            named.append(measure(home, "station"))
            automaton.append(measure(home, "ahocorasick"))
    table = Table(title=_title())
    for place, column in enumerate(("who", "articles/s", "CPU ms an article", "cores had")):
        table.add_column(column, justify="right" if place else "left")
    for name, done in (
        ("enrich_shard, names found by spaCy", whole),
        ("spaCy's recogniser alone", spacy),
        ("enrich_shard, spaCy's names in the cache", named),
        ("ahocorasick alone", automaton),
    ):
        table.add_row(
            name,
            _spread([one.articles_per_second for one in done], 0),
            _spread([one.cpu_seconds / one.articles * 1e3 for one in done], 2),
            f"{statistics.median(one.cores for one in done):.1f}",
        )
    for name, ours, bare in (
        ("ratio of CPU to spaCy alone", whole, spacy),
        ("ratio of CPU to ahocorasick alone", named, automaton),
    ):
        pairs = zip(ours, bare, strict=True)
        table.add_row(name, "", _spread([a.cpu_seconds / b.cpu_seconds for a, b in pairs], 2), "")
    console.print(table)
    for name, done in (("with", whole), ("without", named)):
        console.print(
            f"slowest of {REPEATS} {name} the recogniser: "
            f"{min(one.articles_per_second for one in done):,.0f} articles/s "
            f"(target {TARGETS[name]:,} on 2 cores)"
        )


def _title() -> str:
    words = landed_articles(TEXTS)["text"].str.count_matches(r"\S+").sum() / TEXTS
    return (
        f"{TEXTS:,} distinct texts of {words:.0f} words on average, {PROCESSES} processes: "
        f"median (range) of {REPEATS}"
    )


def _show_memory(console: Console) -> None:
    console.print(f"enriching {LARGEST_SHARD:,} texts in one process …")
    with landed(LARGEST_SHARD) as home:
        done = measure(home, "station", processes=1)
    console.print(
        f"a worker's peak on the most texts that one gets, {LARGEST_SHARD:,}: "
        f"{done.megabytes:,.0f} MB (target {TARGETS['megabytes']:,})\n"
    )


def _spread(values: list[float], digits: int) -> str:
    shown = (statistics.median(values), min(values), max(values))
    middle, least, most = (f"{value:,.{digits}f}" for value in shown)
    return f"{middle} ({least}–{most})"
