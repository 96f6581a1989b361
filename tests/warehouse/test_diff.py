"""A diff finds exactly what was done to a copy, whatever that was; keys are those of the models."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.config import PROJECT_ROOT
from core.errors import PublishError
from core.home import Home
from tests.warehouse.publishing import prepare
from warehouse.diff import IGNORED_TABLES, TableDiff, diff
from warehouse.keys import KEYS
from warehouse.publish import publish
from warehouse.schema import TABLES


def _write(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


_ARTICLES = (
    "create schema marts",
    (
        "create table marts.dim_article as select 'a' || i as article_id, 'Title ' || i as title,"
        " i % 7 as word_count, [i::varchar] as authors from range(5000) as t(i)"
    ),
    (
        "create table marts.article_sentence as select 'a' || i as article_id, n as sentence_no,"
        " case when n = 0 then null else 'Text ' || i || n end as text"
        " from range(5000) as t(i), range(4) as s(n)"
    ),
)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return _write(tmp_path / "before.duckdb", *_ARTICLES)


def _changed(origin: Path, *statements: str) -> Path:
    after = origin.with_name("after.duckdb")
    shutil.copyfile(origin, after)
    return _write(after, *statements)


def _differing(before: Path, after: Path, **more: Any) -> dict[str, TableDiff]:
    return {one.table: one for one in diff(before, after, **more) if not one.is_same}


def test_a_copy_differs_in_nothing(origin: Path) -> None:
    after = _changed(origin, "checkpoint")
    assert [one.is_same for one in diff(origin, after)] == [True, True]


def test_rows_written_anew_in_another_order_are_no_change(origin: Path) -> None:
    after = _changed(
        origin,
        "create table kept as from marts.dim_article where word_count = 3",
        "delete from marts.dim_article where word_count = 3",
        "insert into marts.dim_article from kept order by title desc",
        "drop table kept",
    )
    assert _differing(origin, after) == {}


def test_each_kind_is_counted_and_shown(origin: Path) -> None:
    after = _changed(
        origin,
        "delete from marts.dim_article where article_id in ('a1', 'a2')",
        "insert into marts.dim_article values ('new', 'New', 1, null)",
        "update marts.dim_article set title = null where article_id = 'a5'",
        "update marts.dim_article set word_count = 99, authors = ['x'] where article_id = 'a6'",
        "update marts.article_sentence set text = '' where text is null and article_id = 'a7'",
    )
    found = _differing(origin, after, texts=True)
    articles = found["marts.dim_article"]
    assert (articles.added, articles.removed, articles.changed) == (1, 2, 2)
    assert articles.columns == {"title": 1, "word_count": 1, "authors": 1}
    told = {(one.kind, one.key["article_id"]): one for one in articles.samples}
    assert sorted(told) == [
        ("added", "new"),
        ("changed", "a5"),
        ("changed", "a6"),
        ("removed", "a1"),
        ("removed", "a2"),
    ]
    assert told["changed", "a5"].before == {"title": "Title 5"}
    assert told["changed", "a5"].after == {"title": None}
    assert told["changed", "a6"].after == {"word_count": 99, "authors": ["x"]}
    assert told["removed", "a1"].after is None
    assert told["added", "new"].before is None
    sentences = found["marts.article_sentence"]
    assert (sentences.added, sentences.removed, sentences.changed) == (0, 0, 1)
    assert sentences.samples[0].key == {"article_id": "a7", "sentence_no": 0}


def test_texts_are_compared_by_their_hash_unless_asked(tmp_path: Path) -> None:
    before = _write(
        tmp_path / "before.duckdb",
        "create schema marts",
        "create table marts.article_text as select 'a' as article_id, 'v' as version_id,"
        " 'One' as text",
    )
    after = _changed(before, "update marts.article_text set text = 'Two'")
    assert _differing(before, after) == {}
    assert _differing(before, after, texts=True)["marts.article_text"].columns == {"text": 1}
    after = _changed(before, "update marts.article_text set text = 'Two', version_id = 'w'")
    assert _differing(before, after)["marts.article_text"].columns == {"version_id": 1}


def test_samples_are_limited_and_counts_are_not(origin: Path) -> None:
    after = _changed(origin, "delete from marts.dim_article where word_count < 3")
    (found,) = _differing(origin, after, samples=2).values()
    assert found.removed == 2144
    assert [one.key["article_id"] for one in found.samples] == ["a0", "a1"]


def test_a_row_that_is_there_twice_is_seen(origin: Path) -> None:
    after = _changed(
        origin, "insert into marts.dim_article from marts.dim_article where article_id = 'a9'"
    )
    assert _differing(origin, after)["marts.dim_article"].added == 1


def test_tables_and_columns_of_one_side_are_named(origin: Path) -> None:
    after = _changed(
        origin,
        "alter table marts.dim_article drop column word_count",
        "alter table marts.dim_article add column genre varchar",
        "create table marts.dim_new as select 1 as one",
    )
    found = _differing(origin, after)
    assert found["marts.dim_article"].shape == ["- word_count", "+ genre"]
    assert (found["marts.dim_new"].added, found["marts.dim_new"].only_in) == (1, "after")
    back = _differing(after, origin)
    assert (back["marts.dim_new"].removed, back["marts.dim_new"].only_in) == (1, "before")


def test_tables_are_chosen_by_name(origin: Path) -> None:
    for name in ("dim_article", "marts.dim_article"):
        assert [one.table for one in diff(origin, origin, tables=[name])] == ["marts.dim_article"]
    with pytest.raises(PublishError, match="no table 'dim_nothing'; there are: marts"):
        list(diff(origin, origin, tables=["dim_nothing"]))


_ROWS = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 2)), st.sampled_from([None, "x", "y"]), max_size=12
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_ROWS, _ROWS)
def test_any_two_tables_differ_as_their_rows_do(
    tmp_path: Path, first: dict[Any, str | None], second: dict[Any, str | None]
) -> None:
    for name, rows in (("one", first), ("two", second)):
        path = tmp_path / f"{name}.duckdb"
        path.unlink(missing_ok=True)
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema marts")
            connection.execute(
                "create table marts.article_sentence"
                " (article_id varchar, sentence_no integer, text varchar)"
            )
            for (article, number), text in rows.items():
                connection.execute(
                    "insert into marts.article_sentence values ($1, $2, $3)",
                    [str(article), number, text],
                )
    (found,) = diff(tmp_path / "one.duckdb", tmp_path / "two.duckdb", texts=True)
    both = first.keys() & second.keys()
    assert found.added == len(second.keys() - both)
    assert found.removed == len(first.keys() - both)
    assert found.changed == sum(first[key] != second[key] for key in both)


def test_two_real_publications_differ_in_the_newer_edition(newsroom: Home) -> None:
    for day in ("2026-10-01", "2026-10-02"):
        publish(prepare(newsroom, day, names=[day]).run_id)
    files = newsroom.publication("p000001"), newsroom.publication("p000002")
    found = _differing(*files)
    assert sorted(found) == ["marts.marker", "meta.edition"]
    assert found["meta.edition"].added == 1
    assert not set(found) & set(IGNORED_TABLES)


# Keys ----------------------------------------------------------------------------------------


def _keys_of_models() -> dict[str, list[set[str]]]:
    """The keys that dbt tests, by table."""
    keys: dict[str, list[set[str]]] = {}
    models = PROJECT_ROOT / "dbt_project" / "models"
    for folder, schema in (("marts", "marts"), ("quality", "quality")):
        for file in sorted((models / folder).rglob("_*.yml")):
            for model in yaml.safe_load(file.read_text()).get("models", []):
                found = keys.setdefault(f"{schema}.{model['name']}", [])
                for test in model.get("data_tests", []):
                    if isinstance(test, dict) and "unique_together" in test:
                        found.append(set(test["unique_together"]["arguments"]["columns"]))
                found += [
                    {one["name"]}
                    for one in model["columns"]
                    if "unique" in one.get("data_tests", [])
                ]
    return keys


def test_keys_are_those_that_the_models_test() -> None:
    models = _keys_of_models()
    assert {table for table in KEYS if table.startswith("marts.")} == {
        table for table in models if table.startswith("marts.")
    }
    untested = {table for table, keys in models.items() if not keys}
    assert untested == {
        "marts.article_date_candidate",
        "marts.fct_theme_entity_evidence",
        "marts.fct_theme_evidence",
    }
    for table, keys in models.items():
        assert table in untested or set(KEYS[table]) in keys, table


def test_every_published_table_has_a_key_of_its_columns() -> None:
    for table in TABLES:
        if table.qualified not in IGNORED_TABLES:
            assert set(KEYS[table.qualified]) <= set(table.columns)
