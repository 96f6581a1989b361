"""A candidate is the current publication and, in scratch, what it has to take in."""

import os
import shutil
import subprocess
import sys
from datetime import date

import duckdb
import pytest

from core.config import PROJECT_ROOT
from core.decisions import append_decision
from core.errors import PublishError
from core.home import Home
from core.landed import LANDED
from tests.warehouse.newsroom import article_id, land, pass_gate
from warehouse.candidate import open_candidate
from warehouse.publications import open_read_only
from warehouse.publish import publish


def _raw(home: Home, run_id: str, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.scratch(run_id)), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _ids(home: Home, run_id: str, table: str = "touched_article") -> set[object]:
    rows = _raw(home, run_id, f"select distinct article_id from raw.{table}")
    return {row[0] for row in rows}


_REACH = "select min(day)::varchar, max(day)::varchar from raw.touched_day"


def _publish(home: Home, edition: str, names: list[str], **more: object) -> dict[str, str]:
    run = land(home, edition, names, **more)  # type: ignore[arg-type]
    open_candidate(run.run_id)
    pass_gate(run)
    return publish(run.run_id)


def test_first_candidate_loads_every_row_with_its_edition(newsroom: Home) -> None:
    run = land(newsroom, "2026-10-01", ["a", "bb"])
    record = open_candidate(run.run_id)
    assert record["base_publication_id"] is None
    assert [one["state"] for one in record["editions"]] == ["new"]
    assert _ids(newsroom, run.run_id) == {article_id("a"), article_id("bb")}
    for table in set(LANDED) - {
        *("signature", "story_terms", "near_duplicate", "story_link", "removal", "quarantine"),
        "enrichment",
    }:
        rows = _raw(
            newsroom,
            run.run_id,
            f"select count(*), min(edition)::varchar, min(collect_id) from raw.{table}",
        )
        expected = 1 if table == "source_report" else 2
        assert rows == [(expected, "2026-10-01", run.collect_id)], table
    assert _raw(newsroom, run.run_id, "select count(*) from raw.entity_alias") == [(3,)]
    assert _raw(newsroom, run.run_id, "select relation from raw.entity order by entity_id") == [
        (None,),
        ("owned_by",),
    ]


def test_raw_has_its_types_where_nothing_landed(newsroom: Home) -> None:
    run = land(newsroom, "2026-10-01", [])
    open_candidate(run.run_id)
    types = dict(
        _raw(
            newsroom,
            run.run_id,
            "select column_name, data_type from duckdb_columns() where table_name = 'article'",
        )
    )
    assert types["published_at"] == "TIMESTAMP"
    assert types["authors"] == "VARCHAR[]"
    assert types["edition"] == "DATE"
    assert _raw(newsroom, run.run_id, "select count(*) from raw.article") == [(0,)]


def test_no_log_is_left_and_a_second_try_is_the_same(newsroom: Home) -> None:
    run = land(newsroom, "2026-10-01", ["a"])
    newsroom.work(run.run_id).joinpath("candidate.duckdb.wal").write_bytes(b"left by a kill")
    first = open_candidate(run.run_id)
    assert open_candidate(run.run_id) == first
    assert not list(newsroom.work(run.run_id).glob("*.wal"))
    assert not list(newsroom.work(run.run_id).glob(".*.tmp"))


def test_a_second_edition_touches_only_its_own_articles(newsroom: Home) -> None:
    _publish(newsroom, "2026-10-01", ["a", "b"])
    run = land(newsroom, "2026-10-02", ["c"])
    record = open_candidate(run.run_id)
    assert [one["state"] for one in record["editions"]] == ["kept", "new"]
    assert _ids(newsroom, run.run_id) == {article_id("c")}
    assert _raw(newsroom, run.run_id, "select distinct edition::varchar from raw.disposition") == [
        ("2026-10-02",)
    ]


def test_touched_is_closed_over_pairs_of_all_editions(newsroom: Home) -> None:
    _publish(newsroom, "2026-10-01", ["a", "b", "z"], pairs=[("a", "b")])
    run = land(newsroom, "2026-10-02", ["c"], pairs=[("b", "c")])
    open_candidate(run.run_id)
    assert _ids(newsroom, run.run_id) == {article_id(name) for name in "abc"}
    assert _ids(newsroom, run.run_id, "article") == {article_id(name) for name in "abc"}
    assert _raw(newsroom, run.run_id, "select count(*) from raw.near_duplicate") == [(2,)]


def _spoil(home: Home, edition: str) -> None:
    """Make every sealed file of the edition one that cannot be read."""
    for file in (home.root / "sealed" / edition).rglob("*.parquet"):
        file.unlink()
        file.write_text("no Parquet")


def test_files_of_editions_that_hold_nothing_touched_stay_closed(newsroom: Home) -> None:
    _publish(newsroom, "2026-10-01", ["a", "b"], pairs=[("a", "b")])
    _publish(newsroom, "2026-10-02", ["c"])
    _spoil(newsroom, "2026-10-01")
    run = land(newsroom, "2026-10-03", ["d"], pairs=[("c", "d")])
    open_candidate(run.run_id)
    assert _ids(newsroom, run.run_id, "article") == {article_id("c"), article_id("d")}


def test_a_base_that_does_not_know_what_was_landed_learns_it(newsroom: Home) -> None:
    _publish(newsroom, "2026-10-01", ["a", "b"], pairs=[("a", "b")])
    file = newsroom.publication("p000001")
    file.chmod(0o644)
    with duckdb.connect(str(file)) as connection:
        for table in ("landed_article", "landed_link", "landed_entity"):
            connection.execute(f"drop table meta.{table}")
    run = land(newsroom, "2026-10-02", ["c"], pairs=[("b", "c")])
    open_candidate(run.run_id)
    assert _ids(newsroom, run.run_id, "article") == {article_id(name) for name in "abc"}
    with duckdb.connect(str(newsroom.candidate(run.run_id)), read_only=True) as connection:
        known = connection.execute(
            "select edition::varchar, count(*) from meta.landed_article group by all order by all"
        ).fetchall()
    assert known == [("2026-10-01", 2), ("2026-10-02", 1)]


def test_a_pair_that_only_a_replaced_content_held_still_touches_both(newsroom: Home) -> None:
    _publish(newsroom, "2026-10-01", ["a"])
    _publish(newsroom, "2026-10-02", ["b"], pairs=[("a", "b")])
    _spoil(newsroom, "2026-10-02")
    run = land(newsroom, "2026-10-02", ["c"], run_id="again")
    open_candidate(run.run_id)
    assert _ids(newsroom, run.run_id) == {article_id(name) for name in "abc"}
    assert _raw(newsroom, run.run_id, "select count(*) from raw.near_duplicate") == [(0,)]


def test_an_article_seen_in_two_editions_has_its_rows_of_both(newsroom: Home) -> None:
    _publish(newsroom, "2026-10-01", ["a"])
    run = land(newsroom, "2026-10-02", ["a"], wording="corrected")
    open_candidate(run.run_id)
    rows = _raw(newsroom, run.run_id, "select edition::varchar from raw.article order by 1")
    assert rows == [("2026-10-01",), ("2026-10-02",)]


def test_an_edition_that_saw_a_removal_touches_the_article_and_loads_its_past(
    newsroom: Home,
) -> None:
    """The removal may be all that an edition knows of the article, and may land before it."""
    gone = land(newsroom, "2026-10-03", ["b"], gone=["a"])
    open_candidate(gone.run_id)
    assert _ids(newsroom, gone.run_id) == {article_id("a"), article_id("b")}
    assert _ids(newsroom, gone.run_id, "article") == {article_id("b")}
    pass_gate(gone)
    publish(gone.run_id)
    run = land(newsroom, "2026-10-01", ["a"])
    open_candidate(run.run_id)
    assert _ids(newsroom, run.run_id) == {article_id("a")}
    rows = _raw(newsroom, run.run_id, "select edition::varchar, is_removed from raw.removal")
    assert rows == [("2026-10-03", True)]


def test_a_replay_with_other_content_touches_what_went_and_what_came(newsroom: Home) -> None:
    _publish(newsroom, "2026-10-01", ["a", "b"])
    run = land(newsroom, "2026-10-01", ["b", "c"], run_id="again")
    record = open_candidate(run.run_id)
    assert [one["state"] for one in record["editions"]] == ["changed"]
    assert _ids(newsroom, run.run_id) == {article_id(name) for name in "abc"}
    assert _ids(newsroom, run.run_id, "article") == {article_id(name) for name in "bc"}


def test_a_replay_with_equal_content_touches_nothing(newsroom: Home) -> None:
    _publish(newsroom, "2026-10-01", ["a"])
    run = land(newsroom, "2026-10-01", ["a"], run_id="again")
    assert [one["state"] for one in open_candidate(run.run_id)["editions"]] == ["kept"]
    assert _ids(newsroom, run.run_id) == set()
    assert _raw(newsroom, run.run_id, "select count(*) from raw.touched_day") == [(0,)]


def test_an_edition_on_hold_is_left_out_until_it_is_released_or_run_again(newsroom: Home) -> None:
    refused = land(newsroom, "2026-10-01", ["bad"])
    content = open_candidate(refused.run_id)["editions"][0]["content_hash"]
    append_decision(newsroom, "hold", refused.edition, content, "gate", "It is bad.")
    run = land(newsroom, "2026-10-02", ["good"])
    assert [one["edition"] for one in open_candidate(run.run_id)["editions"]] == ["2026-10-02"]
    assert _ids(newsroom, run.run_id) == {article_id("good")}
    assert open_candidate(refused.run_id)["editions"][0]["state"] == "new"
    append_decision(newsroom, "release", refused.edition, content, "Ada", "It is fine.")
    assert len(open_candidate(run.run_id)["editions"]) == 1, "its own run is building it"
    pass_gate(refused)
    assert len(open_candidate(run.run_id)["editions"]) == 2


def test_a_held_replay_leaves_the_published_content_in_force(newsroom: Home) -> None:
    _publish(newsroom, "2026-10-01", ["a"])
    replay = land(newsroom, "2026-10-01", ["bad"], run_id="replay")
    content = open_candidate(replay.run_id)["editions"][0]["content_hash"]
    append_decision(newsroom, "hold", replay.edition, content, "gate", "It is bad.")
    run = land(newsroom, "2026-10-02", ["a"], wording="corrected")
    assert [one["state"] for one in open_candidate(run.run_id)["editions"]] == ["kept", "new"]
    assert _ids(newsroom, run.run_id) == {article_id("a")}
    assert _raw(newsroom, run.run_id, "select count(*) from raw.article") == [(2,)]


def test_a_published_edition_put_on_hold_is_withdrawn(newsroom: Home) -> None:
    _publish(newsroom, "2026-10-01", ["a"])
    content = open_candidate("run-2026-10-01")["editions"][0]["content_hash"]
    run = land(newsroom, "2026-10-02", ["b"])
    append_decision(newsroom, "hold", date(2026, 10, 1), content, "Ada", "A rollback.")
    assert [one["state"] for one in open_candidate(run.run_id)["editions"]] == ["withdrawn", "new"]
    assert _ids(newsroom, run.run_id) == {article_id("a"), article_id("b")}
    assert _ids(newsroom, run.run_id, "article") == {article_id("b")}


def _age(home: Home, publication_id: str) -> None:
    """Make a publication one of an older release, with tables of another shape."""
    file = home.publication(publication_id)
    file.chmod(0o644)
    with duckdb.connect(str(file)) as connection:
        connection.execute("update meta.publication set schema_version = '0'")
        connection.execute("create table marts.dim_article (article_id varchar)")
        connection.execute("create table quality.fct_disposition (edition date)")


def test_a_base_of_another_shape_is_built_anew_from_all_editions(newsroom: Home) -> None:
    _publish(newsroom, "2026-10-01", ["a"])
    _publish(newsroom, "2026-10-02", ["b"])
    _age(newsroom, "p000002")
    run = land(newsroom, "2026-10-03", ["c"])
    record = open_candidate(run.run_id)
    assert record["base_publication_id"] == "p000002"
    assert [one["state"] for one in record["editions"]] == ["new", "new", "new"]
    assert _ids(newsroom, run.run_id) == {article_id(name) for name in "abc"}
    with duckdb.connect(str(newsroom.candidate(run.run_id)), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name in ('marts', 'quality')"
            " order by 1"
        ).fetchall()
        publications = connection.execute("select count(*) from meta.publication").fetchone()
    assert tables == [("decision",), ("expectation_result",), ("quarantine",)]
    assert publications == (2,)


def test_a_base_that_somebody_wrote_into_is_built_anew_from_all_editions(
    newsroom: Home, caplog: pytest.LogCaptureFixture
) -> None:
    _publish(newsroom, "2026-10-01", ["a"])
    file = newsroom.publication("p000001")
    file.chmod(0o644)
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table marts.dim_article (article_id varchar)")
    open_read_only(newsroom).close()
    assert "no gate has seen what it holds now" in caplog.text
    run = land(newsroom, "2026-10-02", ["b"])
    assert [one["state"] for one in open_candidate(run.run_id)["editions"]] == ["new", "new"]
    with duckdb.connect(str(newsroom.candidate(run.run_id)), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    assert ("dim_article",) not in tables


def test_a_base_of_another_shape_without_its_landings_is_refused(newsroom: Home) -> None:
    _publish(newsroom, "2026-10-01", ["a"])
    _age(newsroom, "p000001")
    shutil.rmtree(newsroom.root / "sealed" / "2026-10-01")
    run = land(newsroom, "2026-10-02", ["b"])
    with pytest.raises(PublishError, match=r"p000001 have the shape of an older release.*10-01"):
        open_candidate(run.run_id)


def test_an_edition_that_was_landed_but_not_enriched_is_not_loaded(newsroom: Home) -> None:
    land(newsroom, "2026-10-01", ["a"])
    run = land(newsroom, "2026-10-02", ["b"])
    assert [one["edition"] for one in open_candidate(run.run_id)["editions"]] == ["2026-10-02"]


def test_touched_days_reach_28_days_on_but_not_past_the_data(newsroom: Home) -> None:
    _publish(newsroom, "2026-09-01", ["a"])
    _publish(newsroom, "2026-10-15", ["b"])
    run = land(newsroom, "2026-09-10", ["c"])
    open_candidate(run.run_id)
    rows = _raw(newsroom, run.run_id, _REACH)
    assert rows == [("2026-09-09", "2026-10-08")]
    pass_gate(run)
    late = land(newsroom, "2026-10-20", ["d"])
    open_candidate(late.run_id)
    rows = _raw(newsroom, late.run_id, _REACH)
    assert rows == [("2026-09-09", "2026-10-20")]


def test_another_configuration_touches_every_day(newsroom: Home) -> None:
    _publish(newsroom, "2026-09-01", ["a"])
    _publish(newsroom, "2026-10-15", ["b"])
    again = land(newsroom, "2026-10-15", ["b"], run_id="again")
    themes = again.config / "themes.yml"
    themes.write_text(themes.read_text().replace("Unions", "Trade unions"))
    open_candidate(again.run_id)
    rows = _raw(newsroom, again.run_id, "select count(*), min(day)::varchar from raw.touched_day")
    assert rows == [(46, "2026-08-31")]


_KILLED = """
import os, sys
import warehouse.candidate, warehouse.editions
from warehouse.candidate import open_candidate

module, name = sys.argv[2].split(":")
target = {"candidate": warehouse.candidate, "editions": warehouse.editions}[module]
original = getattr(target, name)

def dies(*args, **more):
    if sys.argv[3] == "after":
        original(*args, **more)
    os._exit(9)

setattr(target, name, dies)
open_candidate(sys.argv[1])
"""


@pytest.mark.parametrize(
    ("call", "moment"),
    [
        ("editions:_link_whole", "after"),
        ("candidate:copy_database", "after"),
        ("candidate:load_raw", "before"),
        ("candidate:load_raw", "after"),
        ("candidate:write_json", "before"),
    ],
)
def test_a_killed_load_is_made_again_from_the_start(newsroom: Home, call: str, moment: str) -> None:
    _publish(newsroom, "2026-10-01", ["a"])
    run = land(newsroom, "2026-10-02", ["a", "b"], wording="new")
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, run.run_id, call, moment],
        check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
    )
    assert killed.returncode == 9
    record = open_candidate(run.run_id)
    assert [one["state"] for one in record["editions"]] == ["kept", "new"]
    assert _ids(newsroom, run.run_id) == {article_id("a"), article_id("b")}
    assert _raw(newsroom, run.run_id, "select count(*) from raw.article") == [(3,)]
    pass_gate(run)
    assert publish(run.run_id)["publication_id"] == "p000002"
