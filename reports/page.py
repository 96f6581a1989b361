"""The brief as one self-contained HTML page: facts and charts into the template."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from core.landed import STATUSES
from reports.charts import theme_days_chart
from reports.facts import MOST_THEMES, Facts

TEMPLATES = Path(__file__).parent / "templates"
CHARTED_THEMES = 10
MOST_REFUSALS = 60
_ORIGIN_TAGS = {"agency": "agency", "press_release": "press release"}


def render(facts: Facts, cutoff: datetime) -> str:
    """The page of `facts`; every text is escaped, links are http(s) only."""
    theme_ids = [row["theme_id"] for row in facts.themes[:CHARTED_THEMES]]
    used = [status for status in STATUSES if any(row[status] for row in facts.coverage)]
    return (
        _environment()
        .get_template("brief.html.j2")
        .render(
            facts=facts,
            cutoff=cutoff,
            chart=Markup(  # noqa: S704 (our own SVG; its texts are escaped by the renderer)
                theme_days_chart(facts.theme_days, theme_ids, facts.publication["edition"])
            ),
            charted=len(theme_ids),
            unmeasured=unmeasured(facts),
            statuses=used,
            most_themes=MOST_THEMES,
            most_refusals=MOST_REFUSALS,
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": count,
        "day": day,
        "linked": linked,
        "marked": marked,
        "moment": moment,
        "tags": tags,
        "words": words,
    }
    return environment


def unmeasured(facts: Facts) -> str:
    """Whether `all`, `some` or none ('') of the edition's themes lack a measured precision."""
    missing = [row["eval_precision"] is None for row in facts.themes]
    return "all" if missing and all(missing) else "some" if any(missing) else ""


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
    return [*found, "cut text"] if story["is_truncated"] else found
