"""`broadsheet search`: the sentences of a publication that hold a phrase, the newest first."""

import re
from datetime import date
from typing import NamedTuple

from duckdb import DuckDBPyConnection

from cli.quotations import around
from cli.rows import OutputFormat, show
from core.errors import BroadsheetError
from core.home import Home
from core.typography import TYPOGRAPHY
from warehouse.publications import open_read_only

_WRITTEN, _PLAIN = ("".join(signs) for signs in zip(*TYPOGRAPHY, strict=True))
# RE2's \w is ASCII. A mark is part of its letter: an accent of its own, a vowel in Hindi.
_REST_OF_A_WORD = r"[\pL\pM\pN_]*"
_NO_LETTER = r"[^\pL\pM\pN]"
_SEARCH = """
with hits as (
    select
        article_id,
        sentence_no,
        text as sentence
    from marts.article_sentence
    where
        contains(lower(translate(text, $written, $plain)), $longest_word)
        and regexp_matches(translate(text, $written, $plain), $pattern, 'i')
)

select
    coalesce(article.published_day, article.first_seen_edition) as day,
    source.name as outlet,
    hits.sentence,
    article.title,
    article.url,
    hits.article_id
from hits
inner join marts.dim_article as article using (article_id)
inner join marts.dim_source as source using (source_id)
where
    ($outlet is null or source.source_id = $outlet)
    and ($theme is null or exists (
        select 1
        from marts.fct_article_theme as about
        inner join marts.bridge_theme_ancestor as branch using (theme_id)
        where about.article_id = hits.article_id and branch.ancestor_id = $theme
    ))
    and ($entity is null or exists (
        select 1
        from marts.fct_article_entity as named
        left join marts.bridge_entity_ancestor as branch using (entity_id)
        where
            named.article_id = hits.article_id
            and $entity in (named.entity_id, branch.ancestor_id)
    ))
    and ($since is null or day >= $since)
    and ($until is null or day <= $until)
order by day desc, outlet asc, hits.article_id asc, hits.sentence_no asc
limit $most
"""


class SearchError(BroadsheetError):
    """What is searched for cannot be found in any publication; the text says why."""


class Narrowed(NamedTuple):
    """Which articles are searched.

    Those of this outlet, about this theme or one below it, naming this entity or what belongs to
    it, and published (first seen, if undated) from `since` to `until`.
    """

    outlet: str | None = None
    theme: str | None = None
    entity: str | None = None
    since: date | None = None
    until: date | None = None


def search(
    phrase: str,
    narrowed: Narrowed = Narrowed(),
    *,
    most: int = 50,
    publication_id: str | None = None,
    output: OutputFormat = "table",
    home: Home | None = None,
) -> int:
    """Print the sentences with `phrase` as whole words, case apart; 1 if there is none.

    A word of the phrase that ends with `*` stands for every word that begins so. Of a sentence
    at most 40 words are shown, those around the phrase.

    Raises:
        SearchError: the phrase has no letter or digit; no such outlet, theme or entity.
        PublishError: nothing is published, or not this publication.
    """
    folded = " ".join(phrase.translate(str.maketrans(_WRITTEN, _PLAIN)).lower().split())
    if not re.search(r"\w", folded):
        raise SearchError(f"'{phrase}' has no letter or digit to search for; give a word or more.")
    with open_read_only(home or Home.from_environment(), publication_id) as connection:
        for kind, value in (("source", narrowed.outlet), ("theme", narrowed.theme),
                            ("entity", narrowed.entity)):  # fmt: skip
            _require(connection, kind, value)
        cursor = connection.execute(
            _SEARCH,
            {
                "written": _WRITTEN,
                "plain": _PLAIN,
                "longest_word": max(re.split(r"[\s*]+", folded), key=len),
                "pattern": pattern_of(folded),
                "most": most,
                **narrowed._asdict(),
            },
        )
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["sentence"] = around(row["sentence"], _place(row["sentence"], folded))
    show(names, (row.values() for row in rows), output)
    return 0 if rows else 1


def pattern_of(folded: str) -> str:
    """A regular expression (RE2) for a phrase as whole words; `*` ends a word's beginning."""
    words = [re.escape(word).replace(r"\*", _REST_OF_A_WORD) for word in folded.split()]
    return rf"(?:^|{_NO_LETTER})" + r"\s+".join(words) + rf"(?:$|{_NO_LETTER})"


def _place(sentence: str, folded: str) -> int:
    """Where in the sentence the phrase begins; 0 where Python's idea of a word differs."""
    words = [re.escape(word).replace(r"\*", r"\w*") for word in folded.split()]
    plain = sentence.translate(str.maketrans(_WRITTEN, _PLAIN))
    found = re.search(r"(?<!\w)" + r"\s+".join(words), plain, re.IGNORECASE)
    return found.start() if found else 0


def _require(connection: DuckDBPyConnection, kind: str, value: str | None) -> None:
    if value is None:
        return
    table, column = f"marts.dim_{kind}", f"{kind}_id"
    found = connection.execute(f"select 1 from {table} where {column} = $1", [value]).fetchone()
    if found is None:
        raise SearchError(
            f"there is no {kind} '{value}'; broadsheet sql "
            f'"select {column}, name from {table}" lists them.'
        )
