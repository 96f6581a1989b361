"""What a template does to single values: words, numbers with their queries, links, marks."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from reports.facts import usual_band
from reports.lists import Row
from reports.parts import Number, Part
from reports.sentences import count
from reports.wording import Change, changes

TEMPLATES = Path(__file__).parent / "templates"
EXPLANATIONS = "explain"
"""The folder beside the brief that holds a page for every article it cites."""
NUMBERS = "numbers"
"""The folder beside the brief that holds query and rows of every list."""
LONGEST_TITLE = 140
LONGEST_QUOTATION = 300
MOST_NAMES = 5
FEWEST_FOR_SHARES = 20
_NO_WORD_BEFORE, _NO_WORD_AFTER = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"


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
        "band": usual_band,
        "changes": changes_of,
        "count": count,
        "day": day,
        "delay": delay,
        "linked": linked,
        "marked": marked,
        "moment": moment,
        "named": named,
        "number": number,
        "counted": counted,
        "in_parts": in_parts,
        "precision": precision,
        "share": share,
        "shortened": shortened,
        "tags": tags,
        "why": why,
        "words": words,
    }
    return made


@cache
def template(name: str) -> Template:
    """One of the brief's own templates."""
    return environment().get_template(f"{name}.html.j2")


def number(told: object, listing: str, key: str = "") -> Markup:
    """`told` as a link to the list that it is from: its query and its rows, `key` the row's own."""
    address = f"{NUMBERS}/{listing}.html" + (f"#{quote(key)}" if key else "")
    return Markup('<a class="q" href="{}">{}</a>').format(address, told)


def counted(told: str, listing: str, key: str = "") -> Markup:
    """`told` as such a link where it has a number."""
    has_number = any(letter.isdigit() for letter in told)
    return number(told, listing, key) if has_number else escape(told)


def in_parts(parts: Iterable[Part], most: int = LONGEST_TITLE) -> Markup:
    """A sentence with its numbers as such links; no part longer than `most`."""
    return Markup("").join(_part(part, most) for part in parts)


def _part(part: Part, most: int) -> Markup:
    if isinstance(part, str):
        return escape(part)
    if isinstance(part, Number):
        return number(part.text, part.listing, part.key)
    return Markup('<a href="#{}">{}</a>').format(part.anchor, shortened(part.text, most))


def changes_of(row: Row) -> list[Change]:
    """What differs between the wording that was cited and the one that stands there now."""
    return changes((row["old_title"], row["old_text"]), (row["new_title"], row["new_text"]))


def shortened(text: str, most: int = LONGEST_TITLE) -> str:
    """At most `most` characters of a text, cut between words where it has any."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return f"{head.rsplit(' ', 1)[0] if ' ' in head[most // 2 :] else head} …"


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


def words(identifier: str) -> str:
    """`trade-press` and `fetch_failed` as they are said."""
    return identifier.replace("_", " ").replace("-", " ")


def named(names: Iterable[str], most: int = MOST_NAMES) -> str:
    """The first names, and how many more there are."""
    told = list(names)
    more = f" and {len(told) - most} more" if len(told) > most else ""
    return ", ".join(told[:most]) + more


def theme(row: Row) -> str:
    """A theme with how often it was right on labelled articles."""
    return f"{row['theme']} ({precision(row)})"


def precision(row: Row) -> str:
    if row["eval_precision"] is None:
        return "precision unmeasured"
    of = f" of {row['eval_n']}" if row["eval_n"] else ""
    return f"precision {row['eval_precision']:.2f}{of}"


def share(row: Row) -> str:
    """` (24 %)` of a day's stories; nothing below FEWEST_FOR_SHARES stories, where it misleads."""
    if row["day_stories"] < FEWEST_FOR_SHARES or row["day_percent"] is None:
        return ""
    return f" ({row['day_percent']} %)"


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
    wanted = sorted((surface for surface in surfaces if surface), key=len, reverse=True)
    if not wanted:
        return escape(sentence)
    pattern = "|".join(
        _NO_WORD_BEFORE * _is_latin(one[0]) + re.escape(one) + _NO_WORD_AFTER * _is_latin(one[-1])
        for one in wanted
    )
    parts = re.split(f"({pattern})", sentence)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def _is_latin(letter: str) -> bool:
    """Whether words of this letter stand apart, so that none stands inside another."""
    return letter.isascii() and letter.isalnum()


def tags(story: dict[str, Any]) -> list[str]:
    """What an editor must know of a text before quoting it."""
    found = [] if story["genre"] in {None, "news", "press_release"} else [words(story["genre"])]
    is_release = "press_release" in {story["genre"], story["origin"]}
    found += ["press release"] if is_release else []
    found += ["agency"] if story["origin"] == "agency" else []
    found += ["paywall"] if story["is_truncated"] else []
    return [*found, "taken down"] if story["removed_at"] else found
