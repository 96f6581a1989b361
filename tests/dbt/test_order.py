"""The law: the marts are a function of the set of landed editions, whatever the order of runs."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from core.decisions import append_decision
from core.files import read_json
from core.home import Home
from tests.dbt.newsroom import CONFIG, Article, three_editions, write_config
from tests.dbt.runs import (
    build_all,
    copy_home,
    open_edition,
    publish_edition,
    run_dbt,
    table_hashes,
)

EDITIONS = three_editions()


@pytest.mark.parametrize("first", range(3))
def test_any_order(first: int, newsroom: Home, candidate: Path, tmp_path: Path) -> None:
    """All orders that begin with `first`, with the first edition run a second time at the end."""
    expected = table_hashes(candidate)
    begun = copy_home(newsroom, tmp_path / "begun")
    publish_edition(begun, "first", EDITIONS[first])
    for second in sorted({0, 1, 2} - {first}):
        home = copy_home(begun, tmp_path / f"then-{second}")
        publish_edition(home, "second", EDITIONS[second])
        published = publish_edition(home, "third", EDITIONS[3 - first - second])
        assert table_hashes(published) == expected
    again = publish_edition(home, "again", EDITIONS[first])
    assert table_hashes(again) == expected


def test_replayed_with_other_content(newsroom: Home, candidate: Path, tmp_path: Path) -> None:
    """An edition whose content changed leaves nothing of what it held before."""
    home = copy_home(newsroom, tmp_path / "home")
    stray = Article("stray", "courier", "MGM and Meta", ("Amazon had a union vote.",),
                    datetime(2026, 9, 1, 12, 0))
    moved = replace(EDITIONS[0].articles[0], published=datetime(2026, 9, 2, 12, 0))
    before = replace(
        EDITIONS[0],
        articles=(moved, stray, *EDITIONS[0].articles[2:]),
        duplicates=((moved, stray),),
        feed_status={"ledger": "not_a_feed"},
    )
    publish_edition(home, "before", before)
    publish_edition(home, "others", EDITIONS[1])
    publish_edition(home, "more", EDITIONS[2])
    assert table_hashes(publish_edition(home, "after", EDITIONS[0])) == table_hashes(candidate)


def test_withdrawn(newsroom: Home, tmp_path: Path) -> None:
    """Of an edition on hold no row stays."""
    home = copy_home(newsroom, tmp_path / "home")
    for number, edition in enumerate(EDITIONS):
        publish_edition(home, f"run-{number}", edition)
    loaded = read_json(home.work("run-2") / "load.json")["editions"][1]
    append_decision(home, "hold", EDITIONS[1].day, loaded["content_hash"], "a test", "a test")
    without = publish_edition(home, "without", EDITIONS[2])
    alone = build_all(copy_home(newsroom, tmp_path / "alone"), [EDITIONS[0], EDITIONS[2]])
    assert table_hashes(without) == table_hashes(alone)


def test_other_configuration(
    newsroom: Home, candidate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, owners and parents that change in the configuration change in every mart."""
    home = copy_home(newsroom, tmp_path / "home")
    other = write_config(
        tmp_path / "config",
        sources=CONFIG["sources.yml"].replace("id: south, name: South", "id: north, name: North"),
        themes=CONFIG["themes.yml"].replace("name: Labour", "name: Work").replace(
            "parent: authorship,", ""
        ),
        entities=CONFIG["entities.yml"].replace("parent: amazon,", "parent: meta,").replace(
            "name: Meta", "name: Facebook"
        ),
    )
    with monkeypatch.context() as patch:
        patch.setenv("BROADSHEET_CONFIG", str(other))
        for number, edition in enumerate(EDITIONS):
            published = publish_edition(home, f"run-{number}", edition)
        assert table_hashes(published) != table_hashes(candidate)
    published = publish_edition(home, "renamed", EDITIONS[2])
    assert table_hashes(published) == table_hashes(candidate)


@pytest.mark.parametrize("last", ["int_touched_day", "fct_entity_mention", "dim_story"])
def test_killed_and_run_again(last: str, newsroom: Home, candidate: Path, tmp_path: Path) -> None:
    """A build that stopped anywhere and starts anew ends like one that did not."""
    home = copy_home(newsroom, tmp_path / "home")
    publish_edition(home, "one", EDITIONS[0])
    publish_edition(home, "three", EDITIONS[2])
    run = open_edition(home, "two", EDITIONS[1])
    run_dbt(run, "run", "--select", f"+{last}")
    run_dbt(run, "run")
    assert table_hashes(home.candidate("two")) == table_hashes(candidate)
