"""Write the brief of one publication: `reports/<edition>/brief.html`, and what it cites.

`citations-<publication_id>.parquet` beside it enters `meta.brief_citation` of the publications to
come, so that a later brief can say which of these articles were corrected since.
"""

import logging
from datetime import date, datetime
from pathlib import Path

import polars as pl

from core.files import whole_file, write_bytes
from core.home import Home
from core.plan import CUTOFF
from reports.facts import Facts, open_publication, read_facts
from reports.page import render

log = logging.getLogger(__name__)


def write_brief(publication_id: str, edition: str, home: Home | None = None) -> Path:
    """Make the page of `edition` from exactly `publication_id`; returns its path.

    Raises:
        PublishError: there is no such publication.
        HomeError: the page cannot be written.
    """
    home = home or Home.from_environment()
    day = date.fromisoformat(edition)
    with open_publication(home.publication(publication_id)) as connection:
        facts = read_facts(connection, publication_id, day)
    _write_citations(facts, home.report(day) / f"citations-{publication_id}.parquet")
    path = home.report(day) / "brief.html"
    write_bytes(path, render(facts, datetime.combine(day, CUTOFF)).encode())
    log.info("The brief of %s, from publication %s, is %s", edition, publication_id, path)
    return path


def _write_citations(facts: Facts, path: Path) -> None:
    cited = pl.DataFrame(
        facts.citations, {"article_id": pl.String, "version_id": pl.String}, orient="row"
    )
    rows = cited.select(
        publication_id=pl.lit(facts.publication["publication_id"]),
        edition=pl.lit(facts.publication["edition"], pl.Date),
        article_id="article_id",
        version_id="version_id",
    )
    with whole_file(path) as temporary:
        rows.write_parquet(temporary)
