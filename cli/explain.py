"""`broadsheet explain`: why one article counts as it does, in the terminal, as a page, as JSON."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from cli.explain_file import explain_file
from cli.explain_search import article_of_url, whereabouts
from cli.explain_text import show
from cli.json_lines import InputError
from core.config import Entities, config_folder, load_entities, load_themes
from core.errors import BroadsheetError
from core.explanation import Explanation
from core.files import write_bytes, writing_told
from core.home import Home
from core.knowledge_base import KnowledgeBase, named_base
from core.taxonomy import Themes
from enrich.account import TaxonomyReader
from reports.explain import read_explanations
from reports.explain_page import explanation_page
from warehouse.publications import current, open_read_only

_ARTICLE_ID = re.compile(r"[0-9a-f]{16}")
_WEB_ADDRESS = re.compile(r"https?:", re.IGNORECASE)


class ExplainError(BroadsheetError):
    """There is nothing to explain under this name; the text says why."""


def explain(
    target: str,
    out: TextIO,
    *,
    publication_id: str | None = None,
    html: Path | None = None,
    as_json: bool = False,
    themes: Path | None = None,
    entities: Path | None = None,
    home: Home | None = None,
) -> int:
    """Explain the article with this id or address, or what stands in this file; returns 0.

    `html` takes the page instead of `out`; `as_json` writes a line of JSON an article.

    Raises:
        ExplainError: no such article is published, and no such file is there; or an option does
            not fit what is asked.
        HomeError: the page cannot be written.
        InputError: the file cannot be read, or holds no text.
        PublishError: nothing is published, or not this publication.
    """
    home = home or Home.from_environment()
    is_address = _WEB_ADDRESS.match(target) is not None
    is_file = not is_address and target.strip() != "" and _exists(target)
    _refuse_options(is_file, target, publication_id, html, entities, as_json=as_json)
    found: Iterable[Explanation]
    if is_file:
        found = explain_file(Path(target), *_configured(home, entities, themes))
    elif is_address:
        found = [_published(home, target, publication_id, themes)]
    elif _ARTICLE_ID.fullmatch(target.strip().lower()):
        found = [_published(home, target.strip().lower(), publication_id, themes)]
    else:
        raise ExplainError(
            f"'{target}' is no article id (16 hex digits), no http(s) address, and no file here; "
            "'broadsheet sql \"select article_id, title from marts.dim_article\"' lists articles."
        )
    if html is not None:
        _write_page(list(found), html, out)
        return 0
    for one in found:
        if as_json:
            out.write(json.dumps(_record(one), ensure_ascii=False, default=str) + "\n")
        else:
            show(one, out)
    return 0


def _exists(target: str) -> bool:
    try:
        return Path(target).exists()
    except (OSError, ValueError):  # too long for a name, or not to be looked at
        return False


def _refuse_options(
    is_file: bool,
    target: str,
    publication_id: str | None,
    html: Path | None,
    entities: Path | None,
    *,
    as_json: bool,
) -> None:
    """Raise ExplainError where an option would be ignored, or the page take its text's place."""
    if html is not None and as_json:
        raise ExplainError("--html writes a page and --json lines of JSON; give one of them.")
    if is_file and publication_id is not None:
        raise ExplainError(
            f"{target} is a file, read as the configuration stands today; --publication is for an "
            "article's id or address."
        )
    if not is_file and entities is not None:
        raise ExplainError(
            "a published article keeps the names that were found in it; --entities is for a FILE."
        )
    if html is None:
        return
    if not html.parent.is_dir():
        raise ExplainError(f"there is no folder {html.parent} for the page; make it first.")
    if is_file and html.exists() and html.samefile(target):
        raise ExplainError(f"the page would take the place of {target}; name another with --html.")


def _published(
    home: Home, target: str, publication_id: str | None, themes: Path | None
) -> Explanation:
    reader = TaxonomyReader(load_themes(themes or config_folder() / "themes.yml"))
    connection = open_read_only(home, publication_id)
    try:
        newest = current(home)
        told = publication_id or (newest.stem if newest else "")
        article_id = target if _ARTICLE_ID.fullmatch(target) else article_of_url(connection, target)
        found = read_explanations(connection, told, [article_id] if article_id else [], reader)
        if not found:
            raise ExplainError(whereabouts(home, connection, told, target))
    finally:
        connection.close()
    (explanation,) = found.values()
    return explanation


def _configured(
    home: Home, entities: Path | None, themes: Path | None
) -> tuple[Entities, Themes, KnowledgeBase | None]:
    folder = config_folder()
    gazetteer = load_entities(entities or folder / "entities.yml")
    base = named_base(gazetteer, home, verify=True)
    return gazetteer, load_themes(themes or folder / "themes.yml"), base


def _write_page(found: list[Explanation], path: Path, out: TextIO) -> None:
    if len(found) > 1:
        raise InputError(
            f"the file holds {len(found)} documents and a page shows one; give a file with one, "
            "or leave --html out."
        )
    with writing_told(path, "name another with --html"):
        write_bytes(path, explanation_page(found[0]).encode())
    out.write(f"{path}\n")


def _record(explanation: Explanation) -> dict[str, object]:
    """The explanation as JSON takes it, with `id` first as in the other commands."""
    record = asdict(explanation)
    return {"id": record.pop("article_id"), **record}
