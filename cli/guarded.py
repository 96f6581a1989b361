"""A publication as others may see it: its tables as views that guard the words of articles.

What an outlet without `may_export_text` wrote is not in them: no text, and of its sentences only
the headline and the few that speak loudest for a theme, or hold a phrase that is asked for. The
rows stay, so that every count is right; the words in them are NULL. The tables themselves carry a
name drawn by lot that no query can know: neither quotes nor comments nor a function that reads a
table by its name lead past the views.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from duckdb import DuckDBPyConnection

from cli.quotations import MOST_SENTENCES, cut
from core.home import Home
from warehouse.publications import open_read_only

_TEXTS = {"article_text": "text", "article_version": "text"}
_SENTENCES = {"article_sentence": "text", "evidence": "sentence"}
_FREE = """
create view broadsheet.main.free_article as
select article_id
from {tables}.marts.dim_article
inner join {tables}.marts.dim_source using (source_id)
where may_export_text
"""
_QUOTABLE = """
create view broadsheet.main.quotable_sentence as
with guarded_sentence as (
    select
        article_id,
        sentence_no,
        {is_asked_for} as is_asked_for,
        count(*) over (partition by article_id) as sentences
    from {tables}.marts.article_sentence
    where
        section = 'body'
        and article_id not in (select free.article_id from broadsheet.main.free_article as free)
),

spoken as (
    select
        article_id,
        sentence_no,
        sum(weight) as weight
    from {tables}.marts.fct_theme_evidence
    group by article_id, sentence_no
)

select
    article_id,
    sentence_no
from guarded_sentence
left join spoken using (article_id, sentence_no)
where is_asked_for or weight is not null
qualify
    row_number() over (
        partition by article_id
        order by is_asked_for desc, weight desc nulls last, sentence_no asc
    ) <= least({most}, greatest(1, sentences // 4))
"""
_FREE_JOIN = (
    " left join broadsheet.main.free_article as free on guarded.article_id = free.article_id"
)
_QUOTABLE_JOIN = (
    " left join broadsheet.main.quotable_sentence as quotable"
    " on guarded.article_id = quotable.article_id and guarded.sentence_no = quotable.sentence_no"
)


_DRAWN = re.compile(r"\btables_[0-9a-f]{32}\b")


@contextmanager
def open_guarded(
    home: Home, publication_id: str | None = None, *, phrase: str | None = None
) -> Iterator[tuple[DuckDBPyConnection, list[str]]]:
    """A connection to a publication's guarded views, and the outlets whose words they guard.

    The views have the names of the tables, with or without `broadsheet.` before them. Of guarded
    outlets, sentences with `phrase` (case apart) come before those that speak for a theme.

    Raises:
        PublishError: nothing is published, or not this publication.
    """
    tables = f"tables_{secrets.token_hex(16)}"
    connection = open_read_only(home, publication_id, catalog=tables)
    try:
        connection.execute("attach ':memory:' as broadsheet")
        outlets = _guarded_outlets(connection)
        connection.execute(_FREE.format(tables=tables))
        connection.execute(_quotable(tables, phrase))
        for schema, table in _tables(connection, tables):
            connection.execute(f"create schema if not exists broadsheet.{schema}")
            select = _view(f"{tables}.{schema}", table, is_guarded=bool(outlets))
            connection.execute(f"create view broadsheet.{schema}.{table} as {select}")
        connection.execute("use broadsheet")
        yield connection, outlets
    finally:
        connection.close()


def told(error: Exception) -> str:
    """What DuckDB said, in the names that a query may use."""
    return _DRAWN.sub("broadsheet", str(error))


def touches_words(connection: DuckDBPyConnection, query: str) -> bool:
    """Whether a query reads a table in which words are guarded."""
    row = connection.execute("select json_serialize_sql($1::varchar)", [query]).fetchone()
    named = set(re.findall(r'"table_name":"(\w+)"', str(row).lower()))
    return not named.isdisjoint(_TEXTS | _SENTENCES)


def _quotable(tables: str, phrase: str | None) -> str:
    """The view of the sentences that may be quoted; without a phrase none is asked for."""
    if not phrase:
        return _QUOTABLE.format(tables=tables, most=MOST_SENTENCES, is_asked_for="false")
    asked = "contains(lower(text), lower('" + phrase.replace("'", "''") + "'))"
    return _QUOTABLE.format(tables=tables, most=MOST_SENTENCES, is_asked_for=asked)


def _guarded_outlets(connection: DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select name from marts.dim_source where not may_export_text order by name"
    ).fetchall()
    return [name for (name,) in rows]


def _tables(connection: DuckDBPyConnection, catalog: str) -> list[tuple[str, str]]:
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = $1", [catalog]
    ).fetchall()


def _view(schema: str, table: str, *, is_guarded: bool) -> str:
    """The SELECT that stands for a table."""
    is_text, is_sentence = table in _TEXTS, table in _SENTENCES
    if not schema.endswith(".marts") or not (is_text or is_sentence):
        return f"select * from {schema}.{table}"
    column = (_TEXTS | _SENTENCES)[table]
    words = cut(f"guarded.{column}") if is_sentence else f"guarded.{column}"
    if not is_guarded:
        return f"select guarded.* replace ({words} as {column}) from {schema}.{table} as guarded"
    may_leave, joins = "free.article_id is not null", _FREE_JOIN
    if is_sentence:
        may_leave += " or guarded.section = 'title' or quotable.article_id is not null"
        joins += _QUOTABLE_JOIN
    return (
        f"select guarded.* replace (case when {may_leave} then {words} end as {column})"
        f" from {schema}.{table} as guarded{joins}"
    )
