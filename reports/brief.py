"""Write the brief of one publication: `reports/<edition>/brief.html`."""

import logging
from datetime import date, datetime
from pathlib import Path

from core.files import write_bytes
from core.home import Home
from core.plan import CUTOFF
from reports.facts import open_publication, read_facts
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
    path = home.report(day) / "brief.html"
    write_bytes(path, render(facts, datetime.combine(day, CUTOFF)).encode())
    log.info("The brief of %s, from publication %s, is %s", edition, publication_id, path)
    return path
