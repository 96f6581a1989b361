"""Whom to credit for each row of an export, found by what the row names, whatever its columns."""

import polars as pl
from duckdb import DuckDBPyConnection

_SOURCES = """
select
    source_id,
    name as outlet,
    name || ' (' || owner || '), ' || coalesce(licence, 'all rights reserved') as credit
from marts.dim_source
order by name
"""
_ARTICLES = "select article_id, url, source_id from marts.dim_article"
_MOST_NAMED = 8


def attribution(connection: DuckDBPyConnection, rows: pl.DataFrame) -> pl.Series:
    """A credit for each of `rows`: the outlet of the article or of the outlet that it names.

    A column names articles or outlets if all that stands in it are their ids, URLs or names. A row
    that names none is a count over all outlets, and credits them all.
    """
    sources = connection.execute(_SOURCES).pl()
    everyone = _everyone(sources)
    articles = connection.execute(_ARTICLES).pl().join(sources, on="source_id")
    for known, key in (
        (articles, "article_id"),
        (articles, "url"),
        (sources, "source_id"),
        (sources, "outlet"),
    ):
        for name in rows.columns:
            if _names(rows[name], known[key]):
                credited = known.select(pl.col(key).alias(name), "credit").unique(name)
                joined = rows.select(name).join(
                    credited, on=name, how="left", maintain_order="left"
                )
                return joined["credit"].fill_null(everyone)
    return pl.Series("credit", [everyone] * rows.height, dtype=pl.String)


def all_credits(connection: DuckDBPyConnection) -> list[str]:
    """Every outlet of the publication with its owner and licence."""
    return connection.execute(_SOURCES).pl()["credit"].to_list()


def _names(column: pl.Series, known: pl.Series) -> bool:
    present = column.drop_nulls()
    return column.dtype == pl.String and len(present) > 0 and present.is_in(known.implode()).all()


def _everyone(sources: pl.DataFrame) -> str:
    if sources.height > _MOST_NAMED:
        return f"counted from the articles of {sources.height} outlets"
    return "counted from the articles of " + ", ".join(sources["outlet"])
