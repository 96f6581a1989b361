"""Publications as a page: what was published when, by which run, what is held, who decided what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.decisions import GATE, Decision, holds
from core.home import Home
from reports.operator_templates import render
from reports.served import brief_source

PUBLICATIONS = 50
"""How many publications one page shows, and how many decisions."""


@dataclass(frozen=True)
class Shown:
    """The rows of one page, newest first: those of `list_publications` and three links.

    `before` is the id that the next page begins before, None on the last; `is_later`, whether a
    page of newer ones exists.
    """

    rows: list[dict[str, Any]]
    current: str | None
    before: str | None
    is_later: bool


def shown_publications(
    home: Home,
    rows: Sequence[Mapping[str, Any]],
    run_link: Callable[[str], str | None],
    before: str | None = None,
    most: int = PUBLICATIONS,
) -> Shown:
    """A page's worth of `rows` (newest first) with `run_link`, `brief` and `data_docs`.

    `run_link` gives the page of a run in Airflow by the run's id in file names, None where Airflow
    does not know it any more. `brief` is None unless the edition's brief was made from that very
    publication.
    """
    older = [row for row in rows if before is None or row["publication_id"] < before]
    current = next((row["publication_id"] for row in rows if row["is_current"]), None)
    return Shown(
        [
            {
                **row,
                "run_link": run_link(row["dag_run_id"]),
                "brief": _brief(home, row),
                "data_docs": _data_docs(home, row["dag_run_id"]),
            }
            for row in older[:most]
        ],
        current,
        older[most - 1]["publication_id"] if len(older) > most else None,
        len(older) < len(rows),
    )


def held_back(decisions: Sequence[Decision], rows: Sequence[Mapping[str, Any]]) -> list[Decision]:
    """The holds that keep an edition out, newest edition first; `rows` as `list_publications` has.

    What the gate held of an edition that was published afterwards, in another content, is past.
    """
    published: dict[date, datetime] = {}
    for row in rows:
        day, moment = row["edition"], row["published_at"]
        published[day] = max(moment, published.get(day, moment))

    def stands(hold: Decision) -> bool:
        after = published.get(hold.edition)
        return hold.decided_by != GATE or after is None or hold.decided_at > after

    standing = [one for one in holds(list(decisions)).values() if stands(one)]
    return sorted(standing, key=lambda one: (one.edition, one.decided_at), reverse=True)


def publications_page(
    shown: Shown,
    decisions: Sequence[Decision],
    held: Sequence[Decision],
    base: str = "",
    most: int = PUBLICATIONS,
) -> str:
    """The page; `decisions` are all of the home, oldest first, `base` the way to its links."""
    return render(
        "publications.html.j2",
        about=_about,
        shown=shown,
        base=base,
        held=held,
        decisions=decisions[: -most - 1 : -1],
        more_decisions=max(0, len(decisions) - most),
    )


def _brief(home: Home, row: Mapping[str, Any]) -> str | None:
    is_of_it = brief_source(home.report(row["edition"])) == row["publication_id"]
    return f"reports/{row['edition']}/brief.html" if is_of_it else None


def _data_docs(home: Home, run_id: str) -> str | None:
    folder = home.quality / "data_docs" / run_id
    return f"data-docs/{run_id}" if folder.is_dir() else None


def _about(decision: Decision) -> str:
    """What a decision is about, beyond its edition."""
    if decision.expectations:
        return ", ".join(decision.expectations)
    if decision.article_id:
        return decision.urls[0] if decision.urls else f"article {decision.article_id}"
    return f"content {decision.content_hash[:12]}" if decision.content_hash else ""
