"""What a replay would change: a short text for whoever approves it, and a page with all of it."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cli.publications import short
from core.files import write_bytes
from core.home import Home
from reports.filters import environment
from warehouse.diff import TableDiff, diff
from warehouse.theme_changes import MovedArticle, ThemeChange, theme_changes

MOST_THEMES = 8
MOST_TABLES = 12
MOST_WORDS = 40
PAGE_SAMPLES = 20
# What says of each article which themes and names it has, and by which words. All else follows
# from it, and from editions that may be published while somebody thinks about an approval.
OF_ARTICLES = (
    "marts.article_sentence", "marts.article_text", "marts.article_version", "marts.dim_entity",
    "marts.dim_theme", "marts.fct_article_entity", "marts.fct_article_theme",
    "marts.fct_entity_mention", "marts.fct_theme_entity_evidence", "marts.fct_theme_evidence",
)  # fmt: skip
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|!~&$])")


@dataclass(frozen=True)
class Changes:
    """How a candidate differs from the publication `base`; `made_with` are lines about how."""

    base: str
    editions: Sequence[date]
    made_with: Sequence[str]
    tables: Sequence[TableDiff]
    themes: Sequence[ThemeChange]
    moved: Sequence[MovedArticle]

    @property
    def differing(self) -> list[TableDiff]:
        return [one for one in self.tables if not one.is_same]

    @property
    def digest(self) -> str:
        """Of what changes in articles; the same for the same change on a newer publication."""
        rows = [one.record() for one in self.differing if one.table in OF_ARTICLES]
        return hashlib.sha256(json.dumps(rows, default=str, sort_keys=True).encode()).hexdigest()

    def examples(self, theme: ThemeChange) -> list[MovedArticle]:
        return [one for one in self.moved if one.theme_id == theme.theme_id]


def compare(
    base: Path, candidate: Path, *, editions: Sequence[date], made_with: Sequence[str]
) -> Changes:
    """Read both database files whole.

    Raises:
        PublishError: one of them cannot be read.
    """
    themes, moved = theme_changes(base, candidate)
    tables = list(diff(base, candidate, samples=PAGE_SAMPLES))
    return Changes(base.stem, editions, made_with, tables, themes, moved)


def page_path(home: Home, run_id: str) -> Path:
    """Where the page about a replay lies; below `reports`, which Airflow's UI serves."""
    return home.root / "reports" / "replays" / run_id / "changes.html"


def write_page(path: Path, changes: Changes) -> None:
    """Write all of it as one self-contained page.

    Raises:
        HomeError: the disk refused.
    """
    made = environment()
    made.filters |= {"short": short, "words": _few_words}
    page = made.get_template("replay.html.j2").render(changes=changes)
    write_bytes(path, page.encode())


def summary(changes: Changes, page: str) -> str:
    """The change in Markdown, as long as a screen; `page` is the address of all of it.

    Airflow keeps it in its database, where `broadsheet forget` does not reach: so it has counts and
    names of themes, and no title and no sentence of an article.
    """
    days = ", ".join(map(str, changes.editions))
    lines = [
        f"**Editions**: {days}. **Compared with**: {changes.base}.",
        "",
        *(f"- {_plain(line)}" for line in changes.made_with),
        "",
        f"[Every table, with samples]({page})",
        "",
        "### Themes",
        "",
        *_theme_lines(changes),
        "### Facts by table",
        "",
        "| table | added | removed | changed |",
        "|---|--:|--:|--:|",
    ]
    order = sorted(changes.differing, key=lambda one: -(one.added + one.removed + one.changed))
    lines += [
        f"| {_plain(one.table)} | {one.added:,} | {one.removed:,} | {one.changed:,} |"
        for one in order[:MOST_TABLES]
    ]
    if len(order) > MOST_TABLES:
        lines.append(f"| and {len(order) - MOST_TABLES} more | | | |")
    return "\n".join(lines) + "\n"


def _theme_lines(changes: Changes) -> list[str]:
    if not changes.themes:
        return ["No article gains or loses a theme.", ""]
    lines = ["| theme | articles before | after | gain it | lose it |", "|---|--:|--:|--:|--:|"]
    lines += [
        f"| {_plain(one.name)} | {one.before:,} | {one.after:,} | {one.gained:,} | {one.lost:,} |"
        for one in changes.themes[:MOST_THEMES]
    ]
    if len(changes.themes) > MOST_THEMES:
        lines.append(f"| and {len(changes.themes) - MOST_THEMES} more | | | | |")
    return [*lines, ""]


def _few_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:MOST_WORDS]) + (" …" if len(words) > MOST_WORDS else "")


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))
