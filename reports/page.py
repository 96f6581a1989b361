"""The brief as one self-contained HTML page of two printed sheets, and the annexes beside it."""

from datetime import datetime
from typing import Any

from markupsafe import Markup

from core.landed import STATUSES
from core.plan import CUTOFF
from reports.charts import svg, themes_chart
from reports.facts import LOW_VOLUME, MOST_THEMES, Facts, is_judged
from reports.filters import MOST_NAMES, named, shortened, template, words
from reports.lists import Row
from reports.parts import Number, Part, in_words
from reports.sentences import count, gist, three_sentences
from reports.sheets import fitting
from reports.wording import MOST_CHANGES

ANNEXES = ("coverage", "changes")
MOST_PAGES = 2_000
"""How many pages that were not loaded an annex shows; the list's CSV has all."""


def render(facts: Facts) -> str:
    """The brief; every text is escaped, links are http(s) or lie beside it."""
    chart = themes_chart(facts.themes)
    told = {
        "sentences": three_sentences(facts),
        "reasons": reasons_in_parts(facts),
        "chart": Markup(svg(chart)) if chart else "",  # noqa: S704 (ours; the renderer escapes)
        "is_judged": any(is_judged(row) for row in facts.themes),
        "most_themes": MOST_THEMES,
        "gist": gist(facts) if facts.themes else (),
    }
    return fitting(
        lambda room: _rendered(
            "brief", facts, **told, room=room, outlets=outlet_rows(facts, room.outlets)
        )
    )


def annex(name: str, facts: Facts) -> str:
    """The page `<name>.html` of ANNEXES: what the brief has no room for."""
    return _rendered(f"brief_{name}", facts, most_changes=10 * MOST_CHANGES, most_pages=MOST_PAGES)


def _rendered(name: str, facts: Facts, **more: Any) -> str:
    return template(name).render(
        facts=facts,
        cutoff=datetime.combine(facts.edition, CUTOFF),
        unwell=[(row["outlet"], row["source_id"], health(row)) for row in unwell(facts)],
        statuses=[status for status in STATUSES if any(row[status] for row in facts.coverage)],
        **more,
    )


def reasons(facts: Facts) -> list[str]:
    """Why the brief is amber, a sentence each; nothing where it is not."""
    return [in_words(one) for one in reasons_in_parts(facts)]


def reasons_in_parts(facts: Facts) -> list[list[Part]]:
    """The same, so that a page can lead from their numbers."""
    silent = [shortened(row["outlet"], 40) for row in facts.coverage if row["is_silent"]]
    unreached = [
        f"{shortened(row['outlet'], 40)} ({words(row['feed_status'])})"
        for row in facts.coverage
        if not row["is_collected"] and not row["is_silent"]
    ]
    found: list[list[Part]] = []
    if silent:
        found.append(["Silent: ", *_names(silent), "."])
    if unreached:
        found.append(["Not reached: ", *_names(unreached), "."])
    if facts.has_low_volume:
        volume = facts.usual["articles"]
        told = (
            f"{count(volume['counted'], 'article')}, under "
            f"{LOW_VOLUME * 100:.0f} % of the usual {volume['usual']:.0f}"
        )
        found.append(["Volume is low: ", Number(told, "usual", "articles"), "."])
    if facts.warnings:
        counted = Number(count(len(facts.warnings), "warning"), "verdicts")
        found.append(["The gate gave ", counted, "."])
    return found


def _names(outlets: list[str]) -> list[Part]:
    """The first of these, and how many more there are."""
    told = named(outlets[:MOST_NAMES])
    more = len(outlets) - MOST_NAMES
    return [told, " and ", Number(f"{more} more", "coverage")] if more > 0 else [told]


def outlet_rows(facts: Facts, most: int) -> list[Row]:
    """The coverage table of the brief: every outlet, or those that are unwell and the others' sum.

    Each row has `told` (its name), the dispositions, `looks`, `found` and `source_id` (NULL for
    a sum); the last one is the sum of all.
    """
    shown = facts.coverage
    if len(shown) > most:
        shown = unwell(facts)[:most]
    ids = {row["source_id"] for row in shown}
    others = [row for row in facts.coverage if row["source_id"] not in ids]
    rows = [{**row, "told": row["outlet"]} for row in shown]
    if others:
        rows.append(_sum(others, f"{len(others)} others" if rows else f"{len(others)} outlets"))
    return [*rows, _sum(facts.coverage, "All")] if len(rows) > 1 else rows


def unwell(facts: Facts) -> list[Row]:
    """The outlets of which there is something to tell, those first that gave nothing."""
    told = [row for row in facts.coverage if health(row)]
    return sorted(told, key=lambda row: row["is_collected"] and not row["is_silent"])


def _sum(rows: list[Row], told: str) -> Row:
    counted = {name: sum(row[name] for row in rows) for name in ("looks", "found", *STATUSES)}
    return {
        **counted,
        "told": told,
        "source_id": None,
        "is_silent": False,
        "feed_status": "",
        "median_delay_minutes": None,
    }


def health(outlet: dict[str, Any]) -> list[str]:
    """What an editor must know of how an outlet was collected; nothing where all went well."""
    status = words(outlet["feed_status"])
    listed_nothing = outlet["looks"] > 0 and outlet["listed"] == 0
    told = {
        "not asked in this edition": outlet["looks"] == 0,
        f"silent: it gave items before and none now (feed {status})": outlet["is_silent"],
        f"has never listed anything yet (feed {status})": listed_nothing
        and not outlet["is_silent"],
        f"{outlet['failed_looks']} of {count(outlet['looks'], 'look')} failed": outlet[
            "failed_looks"
        ],
        "may have lost items between two looks": outlet["lost_items"],
        f"{count(outlet['deferred'], 'page')} deferred to a later look": outlet["deferred"],
        "its certificate is not checked (verify_tls: false)": outlet["tls_verified"] is False,
    }
    return [sentence for sentence, is_so in told.items() if is_so]
