"""`reports/index.html`: every edition that has a brief, and a search over what the briefs say.

Made anew from the briefs that lie in the folder, after each of them: a brief that was removed, or
an article that was taken down, is in it no more.
"""

import logging
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from jinja2 import Template
from markupsafe import Markup

from core.erasure import MARK
from core.files import exclusive_lock, write_bytes
from core.home import Home
from reports.entries import HEADER, SECTIONS, Entry, read
from reports.filters import TEMPLATES, environment
from reports.index_search import Sentence, script, sentences

log = logging.getLogger(__name__)

SEARCH = "search"
"""The folder beside the index that holds the sentences, a script a year."""


@dataclass(frozen=True)
class Edition:
    """A brief in the folder: its header by measure, empty where no `brief.csv` lies beside it."""

    day: date
    header: dict[str, str]
    sentences: tuple[Sentence, ...]


def write_index(home: Home) -> Path:
    """Write the index of the briefs that lie under `home`; returns its path.

    Raises:
        HomeError: a file cannot be written.
    """
    folder = home.reports
    with exclusive_lock(home.locks / "index.lock"):
        editions = read_editions(folder)
        scripts = {
            f"{year}.js": script(year, (one for edition in of for one in edition.sentences))
            for year, of in by_year(editions)
        }
        for name, content in scripts.items():
            _write_changed(folder / SEARCH / name, content)
        for path in (folder / SEARCH).glob("*.js"):
            if path.name not in scripts:
                path.unlink()
        _write_changed(folder / "index.html", index_page(editions))
    return folder / "index.html"


def read_editions(folder: Path) -> list[Edition]:
    """The editions of the briefs in `folder`, the newest first."""
    briefs = sorted(folder.glob("????-??-??/brief.html"), reverse=True)
    return [_edition(path.parent) for path in briefs]


def by_year(editions: Sequence[Edition]) -> list[tuple[int, list[Edition]]]:
    return [(year, list(of)) for year, of in groupby(editions, key=lambda one: one.day.year)]


def index_page(editions: Sequence[Edition]) -> str:
    """The page; it needs no script but for the search, which asks for nothing but `search/`."""
    code = _code()
    return _template().render(
        years=by_year(editions),
        code=Markup(code),  # noqa: S704 (our own script)
        code_hash=b64encode(sha256(code.encode()).digest()).decode(),
        search=SEARCH,
        sections=SECTIONS,
    )


@cache
def _code() -> str:
    return (TEMPLATES / "index_search.js").read_text("utf-8")


@cache
def _template() -> Template:
    return environment().get_template("index.html.j2")


def _edition(folder: Path) -> Edition:
    day = date.fromisoformat(folder.name)
    try:
        entries = read((folder / "brief.csv").read_bytes())
    except FileNotFoundError:  # a brief from before there was one
        entries = []
    except ValueError as error:
        log.warning(
            "%s is left out of the index's search: %s; make the brief again by clearing its task.",
            folder / "brief.csv",
            error,
        )
        entries = []
    return Edition(day, _header(entries), tuple(sentences(day, entries)))


def _header(entries: Iterable[Entry]) -> dict[str, str]:
    return {
        one.measure: str(one.value)
        for one in entries
        if one.section == HEADER and one.value not in ("", MARK)
    }


def _write_changed(path: Path, content: str) -> None:
    new = content.encode()
    if not path.exists() or path.read_bytes() != new:
        write_bytes(path, new)
