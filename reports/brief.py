"""Write the brief of one publication: `reports/<edition>/brief.html`, and what it cites.

Beside it lie `coverage.html` and `changes.html` with what two sheets have no room for,
`numbers/<list>.sql`, `.csv` and `.html` with where each number is from,
`explain/<article_id>.html` with why each article that it cites counts as it does, and the same
brief as a mail, a text and a table (`reports.companions`).

`citations-<publication_id>.parquet` beside it enters `meta.brief_citation` of the publications to
come, so that a later brief can say which of these articles were corrected since;
`figures.parquet` enters `meta.brief_figure`, so that it can say which of its figures changed.
"""

import logging
from dataclasses import asdict
from datetime import date
from pathlib import Path

import polars as pl

from core.explanation import Explanation, ThemeReader
from core.files import whole_file, write_bytes
from core.home import Home
from reports.companions import write_companions
from reports.explain import read_explanations
from reports.explain_page import explanation_page
from reports.facts import Facts, read_facts
from reports.filters import EXPLANATIONS, NUMBERS
from reports.lists import open_publication
from reports.numbers import write_numbers
from reports.page import ANNEXES, annex, render
from reports.printed import printed_figures

log = logging.getLogger(__name__)


def write_brief(
    publication_id: str,
    edition: str,
    home: Home | None = None,
    reader: ThemeReader | None = None,
) -> Path:
    """Make the page of `edition` from exactly `publication_id`; returns its path.

    The articles that it cites are explained beside it; with a `reader`, which is today's taxonomy,
    the explanations tell what their scores are made of and which themes nearly were.

    Raises:
        PublishError: there is no such publication.
        HomeError: the page cannot be written.
    """
    home = home or Home.from_environment()
    day = date.fromisoformat(edition)
    with open_publication(home.publication(publication_id)) as connection:
        facts = read_facts(connection, publication_id, day)
        explained = read_explanations(connection, publication_id, facts.explained, reader)
    folder = home.report(day)
    _write_citations(facts, folder / f"citations-{publication_id}.parquet")
    _write_figures(facts, folder / "figures.parquet")
    _write_explanations(explained, folder / EXPLANATIONS)
    write_numbers(facts, folder / NUMBERS)
    for name in ANNEXES:
        write_bytes(folder / f"{name}.html", annex(name, facts).encode())
    path = folder / "brief.html"
    write_bytes(path, render(facts).encode())
    write_companions(facts, home)
    log.info("The brief of %s, from publication %s, is %s", edition, publication_id, path)
    return path


def _write_explanations(explained: dict[str, Explanation], folder: Path) -> None:
    """A page an article; those that only an earlier brief of the edition cited go."""
    for article_id, explanation in explained.items():
        page = explanation_page(explanation, brief="../brief.html")
        write_bytes(folder / f"{article_id}.html", page.encode())
    for path in folder.glob("*.html"):
        if path.stem not in explained:
            path.unlink()


def _write_figures(facts: Facts, path: Path) -> None:
    """The figures of the page: its own, and those of earlier briefs that it corrects."""
    corrected = [one.as_printed for edition in facts.changed_figures for one in edition.figures]
    figures = [asdict(one) for one in (*printed_figures(facts), *corrected)]
    rows = pl.DataFrame(figures, dict.fromkeys(("figure", "value", "sql"), pl.String)).select(
        publication_id=pl.lit(facts.publication["publication_id"]),
        edition=pl.lit(facts.edition, pl.Date),
        figure="figure",
        value="value",
        sql="sql",
    )
    with whole_file(path) as temporary:
        rows.write_parquet(temporary)


def _write_citations(facts: Facts, path: Path) -> None:
    cited = pl.DataFrame(
        facts.citations, {"article_id": pl.String, "version_id": pl.String}, orient="row"
    )
    rows = cited.select(
        publication_id=pl.lit(facts.publication["publication_id"]),
        edition=pl.lit(facts.edition, pl.Date),
        article_id="article_id",
        version_id="version_id",
    )
    with whole_file(path) as temporary:
        rows.write_parquet(temporary)
