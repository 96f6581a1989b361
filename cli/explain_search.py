"""Where an article is that was asked for: its id by its address, or why it is not published."""

from datetime import date
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection

from core.decisions import held_contents, read_decisions
from core.home import Home
from core.identity import article_id_of_url
from ingest import urls

_HOST = r"regexp_extract(u.url, '^https?://(?:www\.)?([^/?#]+)', 1)"


def article_of_url(connection: DuckDBPyConnection, address: str) -> str | None:
    """The article that is known under this address, or under its canonical spelling."""
    found = connection.execute(
        "select article_id from marts.article_url where url in ($given, $canonical)"
        " order by is_canonical desc, article_id limit 1",
        {"given": address, "canonical": _canonical(address)},
    ).fetchone()
    return found[0] if found else None


def whereabouts(home: Home, connection: DuckDBPyConnection, publication: str, target: str) -> str:
    """One sentence about an article id or address that this publication does not have."""
    is_address = ":" in target
    article_id = article_id_of_url(_canonical(target)) if is_address else target
    missing = f"{target} is not in publication {publication}"
    landed = _landed_in(home, article_id)
    if landed is not None:
        return f"{missing}: {_unpublished(home, landed)}"
    if not is_address:
        return (
            f"{missing}, and no edition collected an article of that id; 'broadsheet sql "
            '"select article_id, title from marts.dim_article"\' lists what there is.'
        )
    ended = connection.execute(
        "select edition, status, reason from quality.fct_disposition"
        " where url in ($given, $canonical) order by edition desc limit 1",
        {"given": target, "canonical": _canonical(target)},
    ).fetchone()
    if ended:
        edition, status, reason = ended
        why = f" ({reason})" if reason else ""
        return f"{missing}: the edition {edition} found it and ended with {status}{why}."
    return f"{missing}; {_of_host(connection, target)}"


def _canonical(address: str) -> str:
    try:
        return urls.canonical_url(address)
    except urls.UrlRefusedError:
        return address


def _of_host(connection: DuckDBPyConnection, address: str) -> str:
    """What was collected from the host of an address."""
    try:
        host = urls.host(address).removeprefix("www.")
    except urls.UrlRefusedError as error:
        return f"as an address it is {error}."
    found = connection.execute(
        "select count(distinct a.article_id), min(a.first_seen_edition), max(a.first_seen_edition),"
        " string_agg(distinct s.name, ', ' order by s.name) from marts.article_url as u"
        " inner join marts.dim_article as a on u.article_id = a.article_id"
        " inner join marts.dim_source as s on a.source_id = s.source_id"
        f" where {_HOST} = $host",
        {"host": host},
    ).fetchone()
    count, first, last, outlets = found or (0, None, None, None)
    if not count:
        return f"nothing of {host} was ever collected."
    articles = "1 article" if count == 1 else f"{count} articles"
    return f"of {host} it has {articles} ({outlets}), first seen in the editions {first} to {last}."


def _landed_in(home: Home, article_id: str) -> date | None:
    """The last edition that landed the article."""
    files = [str(file) for file in home.landing_root.glob("*/*/article/*.parquet")]
    if not files:
        return None
    found = (
        pl.scan_parquet(files, include_file_paths="file", missing_columns="insert")
        .filter(pl.col("article_id") == article_id)
        .select("file")
        .collect()
    )
    editions = [Path(file).parents[2].name for file in found["file"]]
    return date.fromisoformat(max(editions)) if editions else None


def _unpublished(home: Home, edition: date) -> str:
    """Why what an edition landed is not published, as far as the decisions tell."""
    decisions = read_decisions(home)
    held = {day for day, _ in held_contents(decisions)}
    if edition not in held:
        return f"the edition {edition} collected it, and no publication has that edition yet."
    why = next(
        one.why for one in reversed(decisions) if one.edition == edition and one.decision == "hold"
    )
    return f"the edition {edition}, which collected it, is held back ({why.rstrip('.')})."
