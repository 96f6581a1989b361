"""The brief as one self-contained HTML page: facts and charts into the template."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from core.landed import STATUSES
from reports.changed_figures import ChangedEdition
from reports.charts import theme_days_chart
from reports.facts import MOST_THEMES, Facts
from reports.wording import MOST_CHANGES, Change, changes

TEMPLATES = Path(__file__).parent / "templates"
CHARTED_THEMES = 10
MOST_REFUSALS = 60
EXPLANATIONS = "explain"
"""The folder beside the brief that holds a page for every article it cites."""
MOST_CORRECTIONS = 8
MOST_FIGURES = 12
_ORIGIN_TAGS = {"agency": "agency", "press_release": "press release"}


def render(facts: Facts, cutoff: datetime, changed: Sequence[ChangedEdition] = ()) -> str:
    """The page of `facts` and of changed figures; every text is escaped, links are http(s)."""
    theme_ids = [row["theme_id"] for row in facts.themes[:CHARTED_THEMES]]
    used = [status for status in STATUSES if any(row[status] for row in facts.coverage)]
    return (
        environment()
        .get_template("brief.html.j2")
        .render(
            facts=facts,
            changed=[one for one in changed if not one.only_grew],
            grown=sum(len(one.figures) for one in changed if one.only_grew),
            most_figures=MOST_FIGURES,
            cutoff=cutoff,
            unwell=[(row["outlet"], told) for row in facts.coverage if (told := health(row))],
            chart=Markup(  # noqa: S704 (our own SVG; its texts are escaped by the renderer)
                theme_days_chart(facts.theme_days, theme_ids, facts.publication["edition"])
            ),
            charted=len(theme_ids),
            unmeasured=unmeasured(facts),
            statuses=used,
            most_changes=MOST_CHANGES,
            most_corrections=MOST_CORRECTIONS,
            most_themes=MOST_THEMES,
            most_refusals=MOST_REFUSALS,
        )
    )


def environment() -> Environment:
    """The templates, with every text escaped."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "changes": changes_of,
        "count": count,
        "day": day,
        "delay": delay,
        "linked": linked,
        "marked": marked,
        "moment": moment,
        "tags": tags,
        "why": why,
        "words": words,
    }
    return made


def unmeasured(facts: Facts) -> str:
    """Whether `all`, `some` or none ('') of the edition's themes lack a measured precision."""
    missing = [row["eval_precision"] is None for row in facts.themes]
    return "all" if missing and all(missing) else "some" if any(missing) else ""


def changes_of(row: dict[str, Any]) -> list[Change]:
    """What differs between the wording that was cited and the one that stands there now."""
    return changes((row["old_title"], row["old_text"]), (row["new_title"], row["new_text"]))


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


def delay(minutes: float | None) -> str:
    """A span in the unit that reads best."""
    if minutes is None:
        return "·"
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:.0f} d"


def day(value: date) -> str:
    return f"{value:%A}, {value.day} {value:%B %Y}"


def moment(value: datetime | None, precision: str) -> str:
    """A publication time no more exact than it is known."""
    if value is None or precision == "none":
        return "undated"
    formats = {"year": "%Y", "month": "%B %Y", "day": "%d %B"}
    return value.strftime(formats.get(precision, "%d %B, %H:%M UTC")).lstrip("0")


def count(number: int, noun: str) -> str:
    plural = {"story": "stories"}.get(noun, f"{noun}s")
    return f"{number} {noun if number == 1 else plural}"


def words(identifier: str) -> str:
    return identifier.replace("_", " ")


def linked(text: str, url: str | None) -> Markup:
    """`text` as a link to `url` where that is a web address."""
    if url is None or not re.match(r"https?://", url):
        return escape(text)
    return Markup('<a href="{}" rel="noopener">{}</a>').format(url, text)


def why(article_id: str, title: str) -> Markup:
    """A link to the explanation of an article, which lies beside the brief."""
    return Markup('<a href="{}/{}.html" aria-label="why: {}">why</a>').format(
        EXPLANATIONS, article_id, title
    )


def marked(sentence: str, surfaces: list[str]) -> Markup:
    """The sentence with the words that carry the theme marked."""
    wanted = [re.escape(surface) for surface in surfaces]
    if not wanted:
        return escape(sentence)
    parts = re.split(rf"({'|'.join(sorted(wanted, key=len, reverse=True))})", sentence)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def tags(story: dict[str, Any]) -> list[str]:
    """What an editor must know of a text before quoting it."""
    found = [] if story["genre"] in {None, "news"} else [words(story["genre"])]
    found += [_ORIGIN_TAGS[story["origin"]]] if story["origin"] in _ORIGIN_TAGS else []
    found += ["cut text"] if story["is_truncated"] else []
    return [*found, "taken down"] if story["removed_at"] else found
