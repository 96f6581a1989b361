"""The law: the marts are a function of the set of landed editions, whatever the order of runs."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from core.decisions import append_decision
from core.files import read_json
from core.home import Home
from tests.dbt.editions import three_editions
from tests.dbt.newsroom import CONFIG, Article, write_config
from tests.dbt.runs import copy_home, do_dbt, open_editions, publish_editions, table_hashes

EDITIONS = three_editions()


@pytest.mark.parametrize("first", range(3))
def test_any_order(first: int, newsroom: Home, candidate: Path, tmp_path: Path) -> None:
    """All orders that begin with `first`; one of them ends with `first` run a second time."""
    expected = table_hashes(candidate)
    begun = copy_home(newsroom, tmp_path / "begun")
    publish_editions(begun, "first", EDITIONS[first])
    for second in sorted({0, 1, 2} - {first}):
        home = copy_home(begun, tmp_path / f"then-{second}")
        publish_editions(home, "second", EDITIONS[second])
        published = publish_editions(home, "third", EDITIONS[3 - first - second])
        assert table_hashes(published) == expected
    if first == 1:
        assert table_hashes(publish_editions(home, "again", EDITIONS[first])) == expected


def test_replayed_with_other_content(newsroom: Home, candidate: Path, tmp_path: Path) -> None:
    """An edition whose content changed leaves nothing of what it held before."""
    home = copy_home(newsroom, tmp_path / "home")
    stray = Article(
        "stray", "courier", "MGM and Meta", ("Amazon had a union vote.",), datetime(2026, 9, 1, 12)
    )
    moved = replace(EDITIONS[0].articles[0], published=datetime(2026, 9, 2, 12))
    before = replace(
        EDITIONS[0],
        articles=(moved, stray, *EDITIONS[0].articles[2:]),
        duplicates=((moved, stray),),
        feed_status={"ledger": "not_a_feed"},
    )
    old = publish_editions(home, "before", before, EDITIONS[1], EDITIONS[2])
    assert table_hashes(old) != table_hashes(candidate)
    assert table_hashes(publish_editions(home, "after", EDITIONS[0])) == table_hashes(candidate)


def test_an_address_found_later(newsroom: Home, tmp_path: Path) -> None:
    """An edition that only saw another address of a known article adds it, in any order."""
    known = EDITIONS[0].articles[0]
    later = replace(EDITIONS[2], articles=(), links=(), urls=(("https://other.test/it", known),))
    begun = copy_home(newsroom, tmp_path / "begun")
    publish_editions(begun, "first", EDITIONS[0])
    published = publish_editions(begun, "second", later)
    assert "https://other.test/it" in urls_of(published, known)
    backwards = copy_home(newsroom, tmp_path / "backwards")
    publish_editions(backwards, "first", later)
    other = publish_editions(backwards, "second", EDITIONS[0])
    assert table_hashes(other) == table_hashes(published)


def urls_of(database: Path, article: Article) -> set[str]:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select url from marts.article_url where article_id = $1", [article.article_id]
        ).fetchall()
    return {url for (url,) in rows}


def test_withdrawn(newsroom: Home, tmp_path: Path) -> None:
    """Of an edition on hold no row stays."""
    home = copy_home(newsroom, tmp_path / "home")
    publish_editions(home, "with", *EDITIONS)
    loaded = read_json(home.work("with") / "load.json")["editions"][1]
    append_decision(home, "hold", EDITIONS[1].day, loaded["content_hash"], "a test", "a test")
    without = publish_editions(home, "without", EDITIONS[2])
    alone = copy_home(newsroom, tmp_path / "alone")
    expected = publish_editions(alone, "alone", EDITIONS[0], EDITIONS[2])
    assert table_hashes(without) == table_hashes(expected)


def test_other_configuration(
    newsroom: Home, candidate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, owners, parents and who is collected change in every mart as in the configuration."""
    home = copy_home(newsroom, tmp_path / "home")
    themes = CONFIG["themes.yml"].replace("parent: authorship,", "")
    entities = CONFIG["entities.yml"].replace("parent: amazon,", "parent: meta,")
    other = write_config(
        tmp_path / "config",
        sources=CONFIG["sources.yml"]
        .replace("id: south, name: South", "id: north, name: North")
        .replace("sets: [trade]", "sets: [trade], retired_in_edition: 2026-10-17"),
        themes=themes.replace("name: Labour", "name: Work"),
        entities=entities.replace("name: Meta", "name: Facebook"),
    )
    with monkeypatch.context() as patch:
        patch.setenv("BROADSHEET_CONFIG", str(other))
        published = publish_editions(home, "before", *EDITIONS)
        changed = {
            table
            for table, told in table_hashes(published).items()
            if told != table_hashes(candidate)[table]
        }
        assert {"marts.dim_story", "marts.evidence", "marts.fct_entity_daily"} <= changed
        assert {"marts.fct_coverage_daily", "quality.fct_source_edition"} <= changed
    after = publish_editions(home, "after", EDITIONS[2])
    assert table_hashes(after) == table_hashes(candidate)


def test_killed_and_run_again(newsroom: Home, candidate: Path, tmp_path: Path) -> None:
    """A build that stopped half way and starts anew ends like one that did not."""
    home = copy_home(newsroom, tmp_path / "home")
    publish_editions(home, "one", EDITIONS[0])
    run = open_editions(home, "two", EDITIONS[2], EDITIONS[1])
    do_dbt(run, "run", "--select", "+dim_story", "+fct_article_entity")
    do_dbt(run, "run")
    assert table_hashes(home.candidate("two")) == table_hashes(candidate)
