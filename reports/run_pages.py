"""Pages about one run: what the gate found in it; a runbook; a sentence where there is no page."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from markdown_it import MarkdownIt
from markupsafe import Markup

from core.errors import PlanError
from core.home import Home
from core.plan import load_run, safe_run_id
from reports.operator_templates import render

_BOOK = re.compile(r"[a-z][a-z0-9_-]*")
_SUITES = ("landed", "enriched", "marts")


def data_docs_page(home: Home, run_id: str, base: str = "", brief: str | None = None) -> str:
    """The failures of a run (its id in file names), critical first, and its Data Docs by suite."""
    return render(
        "data_docs.html.j2",
        run_id=run_id,
        edition=edition_of(home, run_id),
        brief=brief,
        failed=failures(home, run_id),
        suites=_suites(docs_folder(home, run_id) / run_id),
        others=_others(home, run_id),
        base=base,
    )


def docs_folder(home: Home, run_id: str) -> Path:
    """The folder that holds the Data Docs of a run in a folder of its own.

    Those of a replay that is not published lie in the home beside the home that it works in.
    """
    own = home.quality / "data_docs"
    if run_id != safe_run_id(run_id) or (own / run_id).is_dir():
        return own
    try:
        paths = load_run(run_id, home).paths
    except PlanError:
        return own
    return paths.quality / "data_docs" if paths.root.is_relative_to(home.root / "work") else own


def changes_page(home: Home, run_id: str) -> str | None:
    """The address, below the pages, of what a replay would change; None before it is known."""
    page = f"reports/replays/{run_id}/changes.html"
    return page if (home.root / page).is_file() else None


def edition_of(home: Home, run_id: str) -> date | None:
    """The edition that a run planned; None where the home does not know the run any more."""
    try:
        return load_run(run_id, home).edition
    except PlanError:
        return None


def failures(home: Home, run_id: str) -> list[dict[str, Any]]:
    """The failed expectations of a run's last judgement: columns of `quality.expectation_result`.

    Read where the gate left them: beside the run, or with what was refused.
    """
    folders = (home.work(run_id) / "verdicts", home.quality / "verdicts" / run_id)
    files = next((found for one in folders if (found := sorted(one.glob("*.parquet")))), [])
    if not files:
        return []
    failed = pl.read_parquet(files).filter(~pl.col("success"))
    return failed.sort(pl.col("severity") != "critical", "suite", "expectation").to_dicts()


def runbook_page(books: Path, name: str) -> str | None:
    """`<name>.md` of the folder `books` as a page; None if there is no such runbook."""
    path = books / f"{name}.md"
    if not _BOOK.fullmatch(name) or not path.is_file():
        return None
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    content = markdown.render(path.read_text("utf-8"))
    return render("runbook.html.j2", name=name, content=Markup(content))  # noqa: S704 - html: False


def told_page(
    title: str, sentence: str, links: Sequence[tuple[str, str]] = (), base: str = ""
) -> str:
    """A sentence where a page would be; `links` are texts with their addresses."""
    return render("told.html.j2", title=title, sentence=sentence, links=links, base=base)


def _suites(folder: Path) -> list[str]:
    """The suites that have pages, in the order in which the gate judges them."""
    found = [page.parent.name for page in folder.glob("*/index.html")]
    order = {name: place for place, name in enumerate(_SUITES)}
    return sorted(found, key=lambda name: (order.get(name.partition("_")[0], len(order)), name))


def _others(home: Home, run_id: str) -> dict[str, str]:
    """The other runs of a replay of several editions that were judged, by their editions."""
    found = sorted(home.work(run_id).parent.glob(f"{run_id}.????-??-??"))
    named = {one.name.rpartition(".")[2]: one.name for one in found}
    return {day: one for day, one in named.items() if (docs_folder(home, one) / one).is_dir()}
