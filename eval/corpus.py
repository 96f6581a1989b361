"""Where the labelled data lie, and the articles in them by their keys."""

import gzip
import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from core.config import PROJECT_ROOT
from core.identity import clean_text
from enrich.document import Document

CORPUS = PROJECT_ROOT.parent / "shared" / "corpus"
# A telegram is broken into lines of one width; a paragraph begins with blanks.
_LINE_BREAK = re.compile(r"(?<=\S)\n(?=\S)")


def read_truth(folder: str) -> dict[str, dict[str, Any]]:
    """`truth.json` of a folder of the corpus."""
    truth: dict[str, dict[str, Any]] = json.loads((CORPUS / folder / "truth.json").read_bytes())
    return truth


def read_html(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def read_articles(keys: Collection[str]) -> dict[str, Document]:
    """The articles of these keys, `<set>/<number or name>`, as enrichment reads them, in order.

    Sets: `pages` (body text only), `dated`, `bbc` (by row), `reuters` (by number of the telegram).

    Raises:
        KeyError: a key is not in the corpus.
    """
    found = {
        key: Document(key, "en", clean_text(title or ""), clean_text(text or ""))
        for key, title, text in _articles({key.partition("/")[0] for key in keys})
    }
    return {key: found[key] for key in keys}


def telegram_text(text: str) -> str:
    """The text of a Reuters telegram with its lines of one width joined to paragraphs."""
    return clean_text(_LINE_BREAK.sub(" ", text))


def _articles(sets: Collection[str]) -> Iterator[tuple[str, str | None, str | None]]:
    if "pages" in sets:
        yield from ((f"pages/{key}", "", one["text"]) for key, one in read_truth("pages").items())
    if "dated" in sets:
        dated = pl.read_parquet(CORPUS / "dated" / "newsarticles_to_2017_03_09.parquet")
        rows = dated.select("article_id", "title", "text").iter_rows()
        yield from ((f"dated/{number}", title, text) for number, title, text in rows)
    if "bbc" in sets:
        bbc = pl.read_parquet(CORPUS / "themes" / "bbc_2004_2005.parquet")
        rows = bbc.select("title", "text").iter_rows()
        yield from ((f"bbc/{number}", title, text) for number, (title, text) in enumerate(rows))
    if "reuters" in sets:
        telegrams = pl.read_parquet(CORPUS / "themes" / "reuters21578_modapte_train.parquet")
        rows = telegrams.select("id", "title", "text").iter_rows()
        yield from ((f"reuters/{id_}", title, telegram_text(text)) for id_, title, text in rows)
