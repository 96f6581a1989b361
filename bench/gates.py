"""The gates on a warehouse of 1,000,000 articles that takes in an edition of 4,000 more.

The warehouse is made by `bench.million` and published; the edition is the sample landed once
more, under other addresses and dated to the three days before it, loaded and built by dbt. A
process of its own then judges it by all suites, as the tasks of the daily edition do.

    python -m bench.gates RUN GATE      judge a run by `check_landing` or `check_marts`
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from bench.million import CORPUS, large_candidate
from bench.publications import ARTICLES, Figures, clocked, pass_gate, watched
from core.identity import article_id_of_url
from core.landed import read_landed, write_landed
from core.plan import Run, close_edition, plan_run
from expectations.gate import check_landing, check_marts
from warehouse.candidate import open_candidate
from warehouse.dbt import run_dbt
from warehouse.editions import sealed_root
from warehouse.publish import publish

TARGETS = {"seconds": 60.0, "peak_megabytes": 2048.0}
_RUN = "later"
_GATES = {"check_landing": check_landing, "check_marts": check_marts}
_DAYS = 3  # an edition is mostly of the days before it
_MARK = "?again"
_ADDRESSES = ("url", "fetched_url", "found_url")
_SEEN = ("first_seen_at", "fetched_at", "seen_at", "discovered_at", "seen_in", "earlier_seen_in")
_SAID = ("published_at", "published_day", "value")
_TABLES = (
    "discovered", "disposition", "source_report", "removal", "article", "article_url",
    "date_candidate", "analysis", "sentence", "mention", "kb_entity", "theme_evidence",
    "article_theme", "signature", "story_terms", "near_duplicate", "story_link",
)  # fmt: skip


def measure(folder: Path, articles: int = ARTICLES) -> Figures:
    """Make the warehouse under `folder`, take an edition in and judge it; as `measure_made`."""
    return measure_made(folder, *large_candidate(folder, articles))


def measure_made(folder: Path, run: Run, editions: list[date]) -> Figures:
    """Publish the run's large candidate, build an edition on it and judge that.

    Returns wall and CPU seconds of each step, by name; of the gates the peak megabytes, too.
    """
    figures: Figures = {}
    pass_gate(run, editions, base=None)
    publish(run.run_id)
    shutil.rmtree(sealed_root(run.paths))  # of the sample; the warehouse holds only copies of it
    day = editions[-1] + timedelta(days=1)
    sources = folder / "newsroom" / "sources.yml"
    later = plan_run(_RUN, edition=day.isoformat(), sources=str(sources))
    land_again(run, later)
    landed, seconds = watched(folder, "bench.gates", _RUN, "check_landing")
    with clocked(figures, "open_candidate"):
        open_candidate(later.run_id)
    with clocked(figures, "dbt"):
        built = run_dbt(later, "run")
    if not built.success:
        raise SystemExit(f"dbt failed on the large warehouse: {built.exception}")
    marts, more = watched(folder, "bench.gates", _RUN, "check_marts")
    both = {name: landed[name] + marts[name] for name in ("seconds", "cpu_seconds")}
    both["peak_megabytes"] = max(landed["peak_megabytes"], marts["peak_megabytes"])
    return {**figures, **seconds, **more, "all suites, with their processes": both}


def land_again(origin: Run, later: Run) -> None:
    """Land what `origin` landed as the edition of `later`, and close that."""
    articles = read_landed(origin.landing, "article").with_row_index("number")
    moved = articles.select(
        "article_id",
        new_id=pl.col("url").map_elements(_new_id, return_dtype=pl.String),
        # Every wording of an article keeps its distance to the others.
        days=(
            pl.lit(later.edition - timedelta(days=1))
            - pl.duration(days=pl.col("number") % _DAYS)
            - pl.col("published_day")
        ),
    ).unique("article_id", keep="first", maintain_order=True)
    for table in _TABLES:
        rows = read_landed(origin.landing, table)
        if rows.height:
            landed = _moved(rows, moved, later.edition - origin.edition)
            write_landed(landed.select(rows.columns), later.landing, table, "part-0")
    close_edition(later)


def _new_id(url: str) -> str:
    return article_id_of_url(url + _MARK)


def _moved(rows: pl.DataFrame, moved: pl.DataFrame, later: timedelta) -> pl.DataFrame:
    """Rows of a landed table with other addresses, ids and days."""
    names = rows.columns
    rows = rows.with_columns(pl.col(one) + _MARK for one in _ADDRESSES if one in names)
    rows = rows.with_columns(pl.col(one) + later for one in _SEEN if one in names)
    if "article_id" in names:
        rows = rows.join(moved, on="article_id", how="left", maintain_order="left")
        rows = rows.with_columns(pl.col(one) + pl.col("days") for one in _SAID if one in names)
    ids = dict(moved.select("article_id", "new_id").iter_rows())
    ended = ("article_id", "earlier_article_id", "article_id_a", "article_id_b")
    rows = rows.with_columns(pl.col(one).replace(ids) for one in ended if one in names)
    return _in_order(rows) if "article_id_a" in names else rows


def _in_order(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs whose smaller id comes first, with what belongs to it."""
    turned = pl.col("article_id_a") > pl.col("article_id_b")
    ends = [one for one in pairs.columns if one.endswith(("_a", "_b"))]
    other = {one: f"{one[:-1]}{'b' if one.endswith('a') else 'a'}" for one in ends}
    return pairs.with_columns(
        pl.when(turned).then(pl.col(other[one])).otherwise(pl.col(one)).alias(one) for one in ends
    )


def judge(run_id: str, gate: str) -> Figures:
    """Seconds of a gate of a run that is ready for it; a refusal ends the program."""
    figures: Figures = {}
    with clocked(figures, gate):
        _GATES[gate](run_id)
    return figures


def show_all(console: Console, articles: int = ARTICLES) -> None:
    """Measure and print a table; ends the program where the real articles are absent."""
    if not CORPUS.is_dir():
        sys.exit(f"a large warehouse needs the real articles of {CORPUS}; it was not measured.")
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        console.print(f"making a warehouse of {articles:,} articles …")
        figures = measure(Path(folder), articles)
    table = Table(title=f"an edition taken into {articles:,} articles")
    for column in ("what", "seconds", "CPU seconds", "peak MB", "target"):
        table.add_column(column, justify="left" if column == "what" else "right")
    told: Callable[[float | None], str] = lambda value: f"{value:,.1f}" if value else ""  # noqa: E731
    for name, one in figures.items():
        target = f"≤ {TARGETS['seconds']:.0f} s, {TARGETS['peak_megabytes']:,.0f} MB"
        table.add_row(
            name, told(one["seconds"]), told(one["cpu_seconds"]), told(one.get("peak_megabytes")),
            target if name.startswith("all") else "",
        )  # fmt: skip
    console.print(table)


if __name__ == "__main__":
    print(json.dumps(judge(*sys.argv[1:])))
