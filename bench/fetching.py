"""Speed, manners and memory of fetching: `collect_shard` against outlets on loopback.

Two processes collect, as the shards of an edition do, and a third serves: all on this machine, so
the serving is part of every wall second.
"""

import json
import os
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from bench.fetch_client import RUN_ID, Cost
from bench.loopback_site import Served, host_name, serving
from bench.together import Together, run_together
from core.home import ENVIRONMENT_VARIABLE, Home
from core.plan import plan_run

PROCESSES, REPEATS = 2, 3
TARGET_FAST, TARGET_POLITE = 1_000, 190


@dataclass(frozen=True)
class Load:
    """What is fetched: so many pages of so many outlets, `gap_seconds` between two requests."""

    hosts: int
    items: int
    entry_point: str = "feed"
    items_a_sitemap: int = 50_000
    gap_seconds: float = 0.0
    processes: int = PROCESSES

    @property
    def pages(self) -> int:
        return self.hosts * self.items


FAST = Load(hosts=200, items=100)
POLITE = Load(hosts=200, items=25, gap_seconds=1.0)
FEW, MANY, MANY_IN_TWO = (
    Load(1, items, "sitemap", items_a_sitemap, processes=1)
    for items, items_a_sitemap in ((1_000, 1_000), (100_000, 1_000), (100_000, 50_000))
)


@dataclass(frozen=True)
class Fetched(Together[Cost]):
    """One measurement of a load."""

    load: Load
    served: Served

    @property
    def pages_per_second(self) -> float:
        return self.load.pages / self.wall_seconds

    @property
    def cores(self) -> float:
        """How many cores fetching and serving had together, on average."""
        return super().cores + self.served.cpu_seconds / self.wall_seconds


def measure(load: Load, kind: str = "collect") -> Fetched:
    """Fetch `load` once, in a new home.

    Raises:
        RuntimeError: not every page was fetched; the figures would mean nothing.
    """
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as name:
        folder = Path(name)
        plan_run(RUN_ID, sources=str(_write_sources(load, folder)), home=Home(folder / "home"))
        with serving(load.hosts, load.items, load.items_a_sitemap) as site:
            environment = {
                ENVIRONMENT_VARIABLE: str(folder / "home"),
                "BROADSHEET_LOCAL_SITE": site.address,
            }
            costs = _run_clients(kind, load, {**os.environ, **environment})
    pages = sum(cost.pages for cost in costs)
    if not pages == site.served.pages == load.pages:
        raise RuntimeError(f"{site.served.pages} served and {pages} fetched of {load.pages} pages")
    return Fetched(costs, load, site.served)


def _write_sources(load: Load, folder: Path) -> Path:
    """A newsroom of the load's outlets, with no limit in the way."""
    path = {"feed": "feed.xml", "sitemap": "sitemap.xml"}[load.entry_point]
    sources = [
        {
            "id": host_name(number).removesuffix(".test"),
            "name": f"Outlet {number}",
            "owner": {"id": "bench", "name": "Bench"},
            "homepage": f"https://{host_name(number)}/",
            "country": "GB",
            "language": "en",
            "timezone": "Europe/London",
            "entry_points": [
                {"kind": load.entry_point, "url": f"https://{host_name(number)}/{path}"}
            ],
        }
        for number in range(load.hosts)
    ]
    document = {
        "user_agent": "Broadsheet/1.0 (+https://broadsheet.test/contact)",
        "local_site": ".",
        "fixed_edition": "2026-10-16",
        "fetching": {
            "min_gap_seconds": load.gap_seconds,
            "max_urls": load.items,
            "max_sitemaps": 1_000,
        },
        "sources": sources,
    }
    target = folder / "sources.yml"
    target.write_text(yaml.safe_dump(document, sort_keys=False))
    return target


def _run_clients(kind: str, load: Load, environment: dict[str, str]) -> list[Cost]:
    """Let the load's processes begin together; what each of them cost."""
    options = ["--of", str(load.processes), "--items", str(load.items)]
    commands = [
        ["bench.fetch_client", kind, "--process", str(number), *options]
        for number in range(load.processes)
    ]
    return [Cost(**json.loads(line)) for line in run_together(commands, environment)]


# what a person reads ----------------------------------------------------------------------


def show_all(console: Console) -> None:
    """Measure speed, manners and memory, and print them beside their targets."""
    _show_speed(console)
    _show_manners(console)
    _show_memory(console)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    return table


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"


def _show_speed(console: Console) -> None:
    console.print(f"fetching {FAST.pages:,} pages of {FAST.hosts} hosts, {REPEATS} times …")
    ours, bare = [], []
    for _ in range(REPEATS):  # in turns, so that both see the same machine
        bare.append(measure(FAST, "bare"))
        ours.append(measure(FAST))
    table = _table(
        f"{FAST.pages:,} pages of {FAST.hosts} hosts, no gap: median (range) of {REPEATS}",
        "who",
        "pages/s",
        "CPU µs a page, fetching",
        "serving",
        "cores had",
    )
    for name, done in (("collect_shard, archive included", ours), ("aiohttp alone", bare)):
        speeds = [one.pages_per_second for one in done]
        fetching = [one.cpu_seconds / FAST.pages * 1e6 for one in done]
        serving_ = [one.served.cpu_seconds / FAST.pages * 1e6 for one in done]
        cores = f"{statistics.median(one.cores for one in done):.1f}"
        table.add_row(name, _spread(speeds), _spread(fetching), _spread(serving_), cores)
    ratio = statistics.median(
        one.cpu_seconds / other.cpu_seconds for one, other in zip(ours, bare, strict=True)
    )
    table.add_row("ratio of fetching CPU", "", f"{ratio:.1f}", "", "")
    console.print(table)
    slowest = min(one.pages_per_second for one in ours)
    console.print(
        f"slowest of {REPEATS}: {slowest:,.0f} pages/s (target {TARGET_FAST:,} on 2 cores)\n"
    )


def _show_manners(console: Console) -> None:
    console.print(f"fetching {POLITE.pages:,} pages of {POLITE.hosts} hosts, one a second each …")
    done = measure(POLITE)
    served = done.served
    console.print(
        f"{POLITE.hosts} hosts at one request a second each: "
        f"{served.steady_rate:.1f} pages/s while all were being asked (target {TARGET_POLITE}); "
        f"{done.wall_seconds:.0f} s in all, robots.txt and feeds taking their turns too. "
        f"Smallest gap that a host saw between two requests: {served.smallest_gap:.3f} s\n"
    )


def _show_memory(console: Console) -> None:
    console.print(f"fetching one host's {FEW.items:,} and {MANY.items:,} pages …")
    table = _table(
        "memory of collect_shard for one outlet, a fresh process each, MB",
        "pages",
        "in sitemaps of",
        "before",
        "peak",
        "peak of its parser",
        "seconds",
    )
    peaks = []
    for load in (FEW, MANY, MANY_IN_TWO):
        done = measure(load)
        cost = done.costs[0]
        peaks.append(cost.megabytes)
        sizes = (cost.megabytes_before, cost.megabytes, cost.parser_megabytes)
        table.add_row(
            f"{load.items:,}",
            f"{load.items_a_sitemap:,}",
            *(f"{size:,.0f}" for size in sizes),
            f"{done.wall_seconds:.0f}",
        )
    console.print(table)
    few, many, many_in_two = peaks
    console.print(
        f"{many - few:+,.0f} MB for {MANY.items // FEW.items} times the pages (target: none); "
        f"{many_in_two - many:+,.0f} MB where a document lists {MANY_IN_TWO.items_a_sitemap:,}\n"
    )
