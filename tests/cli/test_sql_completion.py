"""What the prompt offers at a place in a statement."""

import duckdb
import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from cli.sql_completion import Catalog, SqlCompleter, suggestions

CATALOG = Catalog(
    {
        "marts.dim_article": ["article_id", "source_id", "title", "origin"],
        "marts.dim_source": ["source_id", "name"],
        "marts.article_sentence": ["article_id", "sentence_no", "text"],
        "quality.quarantine": ["quarantine_id"],
    },
    functions=["count", "count_if", "string_agg"],
    keywords=["select", "from", "order"],
)


def offered(typed: str, after: str = "") -> list[str]:
    return [one.text for one in suggestions(CATALOG, typed, after)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("select * from dim_a", "marts.dim_article"),
        ("select * from marts.dim_a", "marts.dim_article"),
        ("from ", "marts.dim_article"),
        ("select 1 from marts.dim_article as a join sent", "marts.article_sentence"),
        ("select 1 from marts.dim_article, qua", "quality.quarantine"),
        ("with told as (select 1) select * from to", "told"),
        ("describe quar", "quality.quarantine"),
        ("\\d sour", "marts.dim_source"),
        ("select ti", "title"),
        ("select * from marts.dim_source where na", "name"),
        ("select * from dim_source where na", "name"),
        ("select a.o", ""),
        ("select cou", "count("),
        ("sele", "select"),
        ("SELE", "SELECT"),
        ("select 'x' from marts.dim_article; select * from marts.dim_so", "marts.dim_source"),
    ],
)
def test_the_likeliest_comes_first(typed: str, first: str) -> None:
    assert (offered(typed) or [""])[0] == first


def test_only_columns_of_what_is_read_are_offered() -> None:
    assert offered("select ", " from marts.dim_source;") == ["source_id", "name"]
    assert "sentence_no" not in offered("select s", " from marts.dim_source")


def test_a_name_in_the_statement_stands_for_its_table() -> None:
    assert offered("select a.o", " from marts.dim_article as a") == ["a.origin"]
    assert offered("select s.", " from marts.dim_article a join dim_source s on true") == [
        "s.source_id", "s.name",
    ]  # fmt: skip
    assert offered("select article.ti", ' from "marts"."dim_article" as article') == [
        "article.title"
    ]


def test_a_schema_has_its_tables() -> None:
    assert offered("select quality.") == ["quality.quarantine"]


def test_words_in_strings_and_comments_are_no_tables() -> None:
    typed = (
        "select 'from marts.dim_source' -- from quality.quarantine\n from marts.dim_article where "
    )
    assert offered(typed) == ["article_id", "source_id", "title", "origin"]


@pytest.fixture(scope="module")
def completer() -> SqlCompleter:
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as broadsheet; use broadsheet; create schema marts")
    for table, rows in {
        "dim_entity(entity_id, name)": "('amazon', 'Amazon'), ('aws', 'Amazon Web Services'),"
        " ('o-neill', 'O''Neill')",
        "dim_theme(theme_id, name)": "('labour', 'Labour')",
        "bridge_theme_ancestor(theme_id, ancestor_id)": "('labour', 'labour')",
        "dim_article(origin)": "('own'), ('agency'), ('own')",
        "evidence(entity_ids)": "(['amazon'])",
    }.items():
        name = table.partition("(")[0]
        connection.execute(f"create table marts.{name} as from (values {rows}) as {table}")
    return SqlCompleter(connection)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("select 1 from marts.evidence where list_contains(entity_ids, 'amaz", ["amazon", "aws"]),
        ("from marts.dim_entity where entity_id = 'aw", ["aws"]),
        ("from marts.dim_entity as e where e.entity_id in ('aws', 'neill", ["o-neill"]),
        ("from x where theme_id = '", ["labour"]),
        ("from marts.bridge_theme_ancestor where ancestor_id = 'l", ["labour"]),
        ("from marts.dim_article where origin = '", ["agency", "own"]),
        ("from marts.dim_article where origin = 'own' and origin <> 'A", ["agency"]),
        ("from marts.dim_article where nothing = 'a", []),
        ("select 'am", []),
    ],
)
def test_ids_and_values_are_offered_between_quotes(
    completer: SqlCompleter, typed: str, found: list[str]
) -> None:
    document = Document(typed)
    offers = list(completer.get_completions(document, CompleteEvent()))
    assert [one.text for one in offers] == found
    for one in offers:
        assert typed[: len(typed) + one.start_position].endswith("'")
