"""Entities of a knowledge base in the warehouse: only those named, with their owners."""

import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from core.decisions import append_decision
from core.files import read_json
from core.home import Home
from core.identity import local_entity_id
from core.landed import LANDED, read_landed, write_landed
from core.plan import Run
from tests.dbt.editions import three_editions
from tests.dbt.newsroom import Edition
from tests.dbt.runs import copy_home, do_dbt, plan_edition, publish_as_passed, rows
from warehouse.candidate import open_candidate
from warehouse.editions import seal

JANE = local_entity_id("PERSON", "Jane Doe")


def known(entity_id: str, name: str, **more: object) -> dict[str, object]:
    return {
        "entity_id": entity_id,
        "name": name,
        "entity_type": "ORG",
        "wikidata_qid": entity_id.removeprefix("wd:"),
        **more,
    }


def plan(home: Home, run_id: str, edition: Edition, *entities: dict[str, object]) -> Run:
    """Plan the edition with its Jane Does linked to `wd:Q1`, which `entities` describe."""
    run = plan_edition(home, run_id, edition)
    mentions = read_landed(run.landing, "mention").with_columns(
        pl.col("entity_id").replace({JANE: "wd:Q1"})
    )
    for file in (run.landing / "mention").glob("*.parquet"):
        file.unlink()
    write_landed(mentions, run.landing, "mention", "all")
    frame = pl.DataFrame(list(entities), schema=LANDED["kb_entity"])
    write_landed(frame, run.landing, "kb_entity", "part-0")
    write_landed(frame, run.landing, "kb_entity", "part-1")  # another shard saw them too
    return run


def test_named_entities_and_those_above_them(
    newsroom: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_HOME", str(newsroom.root))
    home = copy_home(newsroom, tmp_path / "home")
    one, two, _ = three_editions()
    above = known("wd:Q2", "Holding", parent_id="amazon", relation="owned_by")
    old = known("wd:Q1", "Old Name", parent_id="wd:Q2", relation="owned_by", country="GB")
    new = known("wd:Q1", "Doe Ltd", parent_id="wd:Q2", relation="owned_by",
                parent_from=date(2020, 1, 1))  # fmt: skip
    seal(plan(home, "one", one, old, above))
    run = plan(home, "two", two, new, above)
    open_candidate(run.run_id)
    do_dbt(run, "run")
    candidate = home.candidate(run.run_id)
    entities = rows(
        candidate,
        "select entity_id, name, entity_type, wikidata_qid, country, parent_id"
        " from marts.dim_entity where wikidata_qid is not null order by entity_id",
    )
    assert entities == [
        ("wd:Q1", "Doe Ltd", "ORG", "Q1", None, "wd:Q2"),
        ("wd:Q2", "Holding", "ORG", "Q2", None, "amazon"),
    ]
    above_doe = rows(
        candidate,
        "select ancestor_id, relation, valid_from from marts.bridge_entity_ancestor"
        " where entity_id = 'wd:Q1' and depth > 0 order by depth",
    )
    assert above_doe == [
        ("wd:Q2", "owned_by", date(2020, 1, 1)),
        ("amazon", "owned_by", date(2020, 1, 1)),
    ]
    named = rows(candidate, "select count(*) from marts.fct_entity_mention"
                            " where entity_id = 'wd:Q1'")  # fmt: skip
    assert named[0][0]
    do_dbt(run, "run", "--select", "dim_entity")  # a second time over its own rows
    assert entities == rows(
        candidate,
        "select entity_id, name, entity_type, wikidata_qid, country, parent_id"
        " from marts.dim_entity where wikidata_qid is not null order by entity_id",
    )


def publish_kb(home: Home, run_id: str, edition: Edition, *entities: dict[str, object]) -> Path:
    run = plan(home, run_id, edition, *entities)
    open_candidate(run.run_id)
    do_dbt(run, "run")
    return publish_as_passed(home, run_id)


def test_entities_are_those_of_the_last_edition_whatever_the_order_of_runs(
    newsroom: Home, tmp_path: Path
) -> None:
    """What only a later edition describes goes with it; untouched entities stay as they are."""
    one, two, three = three_editions()
    old, new = known("wd:Q1", "Old Name"), known("wd:Q1", "Doe Ltd")
    other, later = known("wd:Q2", "Only Once"), known("wd:Q3", "Later")
    home = copy_home(newsroom, tmp_path / "forwards")
    publish_kb(home, "one", one, old, other)
    both = publish_kb(home, "two", two, new, later)
    backwards = copy_home(newsroom, tmp_path / "backwards")
    publish_kb(backwards, "two", two, new, later)
    assert described(publish_kb(backwards, "one", one, old, other)) == described(both)
    assert described(both) == [("wd:Q1", "Doe Ltd"), ("wd:Q2", "Only Once"), ("wd:Q3", "Later")]
    os.environ["BROADSHEET_HOME"] = str(home.root)
    content = read_json(home.work("two") / "load.json")["editions"][1]["content_hash"]
    append_decision(home, "hold", two.day, content, "a test", "a test")
    without = publish_kb(home, "three", three, other)
    assert described(without) == [("wd:Q1", "Old Name"), ("wd:Q2", "Only Once")]


def described(database: Path) -> list[tuple[object, ...]]:
    return rows(
        database,
        "select entity_id, name from marts.dim_entity where wikidata_qid is not null order by 1",
    )
