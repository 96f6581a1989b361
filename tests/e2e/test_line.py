"""From feeds to brief in one process: the sample edition is what samples/expected.yml says."""

import subprocess
import sys
from collections import Counter
from typing import Any

import duckdb
import pytest
import yaml

from core.config import PROJECT_ROOT
from tests.e2e import offline
from tests.e2e.conftest import Line

pytestmark = pytest.mark.xdist_group("line")

EXPECTED: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "samples/expected.yml").read_text())
SEEDS: list[dict[str, Any]] = EXPECTED["seed"]
URLS: dict[str, dict[str, Any]] = EXPECTED["urls"]
Published = duckdb.DuckDBPyConnection


def canonical(url: str) -> str:
    return str(URLS[url].get("canonical", url))


def seed_id(seed: dict[str, Any]) -> str:
    return str(seed["url"]).rsplit("/", 1)[-1]


# What became of the URLs ------------------------------------------------------------------


def test_every_url_ends_as_expected(published: Published) -> None:
    rows = published.sql("select source_id, url, status from quality.fct_disposition").fetchall()
    ends = {(source, url): status for source, url, status in rows}
    expected = {(row["source"], canonical(url)): row["disposition"] for url, row in URLS.items()}
    assert ends == expected
    assert len(rows) == len(ends)
    assert Counter(ends.values()) == EXPECTED["dispositions"]


def test_what_was_found_is_the_sum_of_its_ends(published: Published) -> None:
    """Per outlet, from the columns that an analyst reads and from the rows themselves."""
    statuses = published.sql(
        "select column_name from duckdb_columns() where table_name = 'fct_source_edition'"
        " and data_type = 'BIGINT' and column_name <> 'found'"
    ).fetchall()
    told = " + ".join(f'"{name}"' for (name,) in statuses)
    rows = published.sql(
        f"select source_id, found, {told} from quality.fct_source_edition order by source_id"
    ).fetchall()
    per_source = Counter(row["source"] for row in URLS.values())
    assert rows == [(source, count, count) for source, count in sorted(per_source.items())]


def test_loaded_articles_have_the_outlets_day(published: Published) -> None:
    rows = published.sql(
        "select url, published_day, published_at, published_precision from marts.dim_article"
    ).fetchall()
    found = {url: (day, at, precision) for url, day, at, precision in rows}
    loaded = {url: row for url, row in URLS.items() if row["disposition"] == "loaded"}
    assert found.keys() == {canonical(url) for url in loaded}
    for url, row in loaded.items():
        day, at, precision = found[canonical(url)]
        assert day == row["published_day"], url
        assert precision == row.get("published_precision", precision), url
        if "published_at" in row:
            assert at == row["published_at"].replace(tzinfo=None), url


def test_an_agency_report_is_one_text_and_one_story(published: Published) -> None:
    rows = published.execute(
        "select count(*), count(distinct article_id), count(distinct syndication_id),"
        " count(distinct story_id), count(distinct owner_id)"
        " from marts.dim_article join marts.dim_source using (source_id)"
        " where list_contains($1, url)",
        [EXPECTED["syndicated"]],
    ).fetchall()
    assert rows == [(3, 3, 1, 1, 2)]


# The seed case ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS, ids=seed_id)
def test_a_development_has_its_theme_and_the_sentence_that_says_so(
    published: Published, seed: dict[str, Any]
) -> None:
    rows = published.execute(
        "select distinct sentences.text"
        " from marts.dim_article join marts.fct_article_theme using (article_id)"
        " join marts.fct_theme_evidence as evidence using (article_id, theme_id)"
        " join marts.article_sentence as sentences using (article_id, sentence_no)"
        " where url = $1 and theme_id = $2",
        [canonical(seed["url"]), seed["theme"]],
    ).fetchall()
    sentences = [" ".join(text.split()) for (text,) in rows]
    assert any(seed["sentence"] in sentence for sentence in sentences), sentences


@pytest.mark.parametrize("seed", SEEDS, ids=seed_id)
def test_a_development_has_its_entities(published: Published, seed: dict[str, Any]) -> None:
    rows = published.execute(
        "select entity_id, entity_type from marts.dim_article"
        " join marts.fct_article_entity using (article_id) join marts.dim_entity using (entity_id)"
        " where url = $1",
        [canonical(seed["url"])],
    ).fetchall()
    found = dict(rows)
    assert {one: found.get(one) for one in seed["entities"]} == dict.fromkeys(
        seed["entities"], "ORG"
    )
    assert not found.keys() & set(seed.get("absent_entities", []))


def test_amazon_owns_the_studio(published: Published) -> None:
    rows = published.sql(
        "select depth, relation from marts.bridge_entity_ancestor"
        " where entity_id = 'amazon-mgm-studios' and ancestor_id = 'amazon'"
    ).fetchall()
    assert rows == [(1, "owned_by")]


def test_amazons_descendants_find_the_article_that_names_only_the_studio(
    published: Published,
) -> None:
    (only_studio,) = [seed for seed in SEEDS if "amazon" in seed.get("absent_entities", [])]
    day = URLS[only_studio["url"]]["published_day"]
    counts = dict(
        published.execute(
            "select scope, articles from marts.fct_entity_daily"
            " where entity_id = 'amazon' and published_day = $1",
            [day],
        ).fetchall()
    )
    assert counts["with_descendants"] > counts.get("self", 0)


@pytest.mark.parametrize("theme", sorted({seed["theme"] for seed in SEEDS}))
def test_the_wide_table_alone_tells_a_development(published: Published, theme: str) -> None:
    """What an analyst asks first: which sentences, in which outlets, of which owners."""
    expected = {canonical(seed["url"]) for seed in SEEDS if seed["theme"] == theme}
    rows = published.execute(
        "select url, owner, sentence, entity_ids from marts.evidence where theme_id = $1", [theme]
    ).fetchall()
    assert expected <= {url for url, *_ in rows}
    assert all(owner and sentence for _, owner, sentence, _ in rows)


# What holds for every row -----------------------------------------------------------------

_TEXT = "if(fact.section = 'title', articles.title, texts.text)"


@pytest.mark.parametrize(
    ("fact", "surface"),
    [
        ("fct_entity_mention", "surface"),
        ("fct_theme_evidence", "surface"),
        ("article_sentence", "text"),
    ],
)
def test_offsets_point_at_what_they_say(published: Published, fact: str, surface: str) -> None:
    rows, exact = published.execute(
        f"select count(*), count_if(substr({_TEXT}, char_start + 1, char_end - char_start)"
        f" = fact.{surface} and char_end > char_start)"
        f" from marts.{fact} as fact left join marts.dim_article as articles using (article_id)"
        " left join marts.article_text as texts using (article_id)"
    ).fetchone() or (0, 0)
    assert rows > 100
    assert exact == rows


def test_every_table_and_column_has_a_comment(published: Published) -> None:
    missing = published.sql(
        "select schema_name, table_name, null as column_name from duckdb_tables()"
        " where schema_name in ('marts', 'quality', 'meta') and coalesce(comment, '') = ''"
        " union all select schema_name, table_name, column_name from duckdb_columns()"
        " where schema_name in ('marts', 'quality', 'meta') and coalesce(comment, '') = ''"
    ).fetchall()
    assert missing == []


def test_published_objects_are_tables_of_three_schemas(published: Published) -> None:
    kinds = published.sql(
        "select distinct table_schema, table_type from information_schema.tables order by all"
    ).fetchall()
    assert kinds == [(schema, "BASE TABLE") for schema in ("marts", "meta", "quality")]


def test_the_verdicts_came_with_it(published: Published) -> None:
    rows = published.sql(
        "select suite, count(*) > 10, bool_and(success or severity = 'warning')"
        " from quality.expectation_result where publication_id = 'p000001'"
        " group by suite order by suite"
    ).fetchall()
    assert rows == [("enriched", True, True), ("landed", True, True), ("marts", True, True)]


# Again, and alone ---------------------------------------------------------------------------


def content_hashes(connection: Published) -> dict[str, tuple[int, str]]:
    """Rows and hash of the sorted rows of every table that is a function of the landing."""
    tables = connection.sql(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where schema_name = 'marts' or table_name = 'fct_disposition' order by 1"
    ).fetchall()
    return {
        table: connection.sql(
            f"select count(*), md5(string_agg(row::varchar, chr(10) order by row::varchar))"
            f" from {table} as row"
        ).fetchone()
        or (0, "")
        for (table,) in tables
    }


def test_a_replay_publishes_the_same_rows(line: Line, published: Published) -> None:
    first = content_hashes(published)
    assert len(first) > 25
    with duckdb.connect(str(line.replayed), read_only=True) as replayed:
        assert content_hashes(replayed) == first
        runs = replayed.sql("select dag_run_id from meta.publication order by 1").fetchall()
    assert runs == [("first",), ("replay",)]


def test_the_symlink_names_the_newest_publication(line: Line) -> None:
    assert line.home.warehouse.resolve() == line.replayed.resolve()
    assert line.first.stat().st_mode & 0o222 == 0


def test_it_was_made_without_a_network(line: Line) -> None:
    if not line.was_offline:
        pytest.skip("this user may not make a network namespace; the edition ran with the network")
    outside = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
    refused = subprocess.run(
        [*offline.prefix(), sys.executable, "-c", outside],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Network is unreachable" in refused.stderr
