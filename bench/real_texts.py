"""Real articles of the corpus as landed wordings, distinct however many are asked for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, zip_longest

import polars as pl

from core.config import PROJECT_ROOT
from core.identity import article_id_of_url, clean_text, version_id
from core.landed import LANDED

CORPUS = PROJECT_ROOT.parent / "shared" / "corpus"
_FILES = ("themes/bbc_2004_2005.parquet", "dated/newsarticles_to_2017_03_09.parquet")
_LEAST_CHARACTERS = 200
_SHOWN_FROM = datetime(2026, 10, 15, 6, tzinfo=UTC).replace(tzinfo=None)


def landed_articles(count: int) -> pl.DataFrame:
    """`count` rows of `article`: the texts of both collections in turns.

    Past the last text they come again, each time with another sentence at the end.
    """
    texts = real_texts()
    rows = []
    for number in range(count):
        lap, place = divmod(number, len(texts))
        title, text = texts[place]
        if lap:
            text = f"{text}\nThis is printing {lap} of the report."
        moment = _SHOWN_FROM + timedelta(seconds=number % 80_000)
        rows.append(
            {
                "article_id": article_id_of_url(f"https://bench.test/{number}"),
                "version_id": version_id(title, text),
                "title": title,
                "text": text,
                "language": "en",
                "published_at": moment,
                "published_day": moment.date(),
            }
        )
    schema = LANDED["article"]
    known = pl.DataFrame(rows, schema={name: schema[name] for name in rows[0]})
    return known.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in known
    )


def real_texts() -> list[tuple[str, str]]:
    """Title and text of every article of both collections, one of each in turns, none twice."""
    both = zip_longest(*(_texts_of(file) for file in _FILES))
    told = {text: title for title, text in filter(None, chain.from_iterable(both))}
    return [(title, text) for text, title in told.items()]


def _texts_of(file: str) -> Iterator[tuple[str, str]]:
    for title, text in pl.read_parquet(CORPUS / file).select("title", "text").iter_rows():
        if len(text or "") >= _LEAST_CHARACTERS:
            yield clean_text(title or ""), clean_text(text)
