"""Going back is a publication like any other: one instant, kill-safe, and the next builds on it."""

import os
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import PROJECT_ROOT
from core.decisions import append_decision, held_contents, read_decisions
from core.errors import PublishError
from core.home import Home
from tests.warehouse.newsroom import land
from tests.warehouse.publishing import ask, prepare
from warehouse import rollback as going_back
from warehouse.candidate import open_candidate
from warehouse.editions import Content, choose_editions
from warehouse.publications import current, list_publications, loaded_contents, open_read_only
from warehouse.publish import publish
from warehouse.rollback import later_contents, rollback
from warehouse.schema import SCHEMA_VERSION

DAYS = ("2026-10-01", "2026-10-02", "2026-10-03")
_EDITIONS = "select edition::varchar from meta.edition order by 1"


@pytest.fixture
def three(newsroom: Home) -> Home:
    """A home with three editions, each published."""
    for day in DAYS:
        publish(prepare(newsroom, day, names=[day]).run_id)
    return newsroom


def _back(home: Home, publication_id: str) -> str:
    return rollback(home, publication_id, why="It is wrong.", by="ada")["publication_id"]


def test_older_content_is_published_under_a_higher_id(three: Home) -> None:
    before = three.publication("p000001").read_bytes()
    assert _back(three, "p000001") == "p000004"
    now = current(three)
    assert now == three.publication("p000004")
    assert now.stat().st_mode & 0o777 == 0o444
    assert ask(three, "from marts.marker") == [("run-2026-10-01",)]
    assert ask(three, _EDITIONS) == [("2026-10-01",)]
    assert three.publication("p000001").read_bytes() == before
    assert not list(three.root.rglob("*.wal"))


def test_the_chain_and_all_records_are_kept(three: Home) -> None:
    _back(three, "p000001")
    rows = ask(
        three,
        "select publication_id, base_publication_id, edition::varchar, gate_result"
        " from meta.publication order by 1",
    )
    assert rows == [
        ("p000001", None, "2026-10-01", "passed"),
        ("p000002", "p000001", "2026-10-02", "passed"),
        ("p000003", "p000002", "2026-10-03", "passed"),
        ("p000004", "p000001", "2026-10-01", "rollback to p000001"),
    ]
    verdicts = "select run_id from quality.expectation_result order by 1"
    assert [run for (run,) in ask(three, verdicts)] == [f"run-{day}" for day in DAYS]
    decisions = ask(
        three,
        "select decision, edition::varchar, decided_by, why from quality.decision"
        " order by decision, edition",
    )
    assert [row[:3] for row in decisions] == [
        ("hold", "2026-10-02", "ada"),
        ("hold", "2026-10-03", "ada"),
        ("rollback", "2026-10-01", "ada"),
    ]
    assert {row[3] for row in decisions} == {"Back to p000001: It is wrong."}
    kinds = [one["kind"] for one in list_publications(three)]
    assert kinds == ["rollback", "edition", "edition", "edition"]


def test_the_next_edition_builds_on_it_until_a_release(three: Home) -> None:
    _back(three, "p000001")
    publish(prepare(three, "2026-10-04", names=["d"]).run_id)
    assert ask(three, _EDITIONS) == [("2026-10-01",), ("2026-10-04",)]
    held = sorted(held_contents(read_decisions(three)))
    append_decision(three, "release", *held[0], "ada", "It was right after all.")
    record = open_candidate(land(three, "2026-10-05", ["e"]).run_id)
    states = {one["edition"]: one["state"] for one in record["editions"]}
    assert states == {
        "2026-10-01": "kept",
        "2026-10-02": "new",
        "2026-10-04": "kept",
        "2026-10-05": "new",
    }


def test_an_edition_replaced_since_has_its_older_content_again(newsroom: Home) -> None:
    for number, wording in enumerate(("first", "second", "third")):
        publish(prepare(newsroom, DAYS[0], f"run-{number}", wording=wording).run_id)
    _back(newsroom, "p000001")
    first = loaded_contents(newsroom, "p000001")
    publish(prepare(newsroom, "2026-10-04", names=["d"]).run_id)
    assert loaded_contents(newsroom)[:1] == first


def test_a_rollback_is_undone_by_another(three: Home) -> None:
    _back(three, "p000001")
    assert _back(three, "p000003") == "p000005"
    assert [edition for (edition,) in ask(three, _EDITIONS)] == list(DAYS)
    assert held_contents(read_decisions(three)) == set()
    assert len(list_publications(three)) == 5


def test_what_somebody_held_since_is_not_brought_back(three: Home) -> None:
    second = loaded_contents(three)[1]
    append_decision(three, "hold", second.edition, second.content_hash, "bob", "Bad dates.")
    publish(prepare(three, "2026-10-04", names=["d"]).run_id)
    with pytest.raises(PublishError, match=r"2026-10-02, which bob put on hold since \(Bad dates"):
        _back(three, "p000003")
    assert current(three) == three.publication("p000004")
    assert len(read_decisions(three)) == 1


def test_what_cannot_be_gone_back_to_is_told(three: Home) -> None:
    with pytest.raises(PublishError, match="is what is published now"):
        _back(three, "p000003")
    with pytest.raises(PublishError, match=r"no publication '\.\./p000001'.*p000001, p000002"):
        _back(three, "../p000001")
    three.publication("p000001").unlink()
    with pytest.raises(PublishError, match=r"p000001 was removed .*: p000002, p000003"):
        _back(three, "p000001")
    with pytest.raises(PublishError, match="--why"):
        rollback(three, "p000002", why=" ", by="ada")
    assert read_decisions(three) == []


def test_tables_of_another_shape_are_refused(three: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(going_back, "SCHEMA_VERSION", "99")
    with pytest.raises(PublishError, match=rf"the shape {SCHEMA_VERSION} .* present one is 99"):
        _back(three, "p000001")
    assert read_decisions(three) == []


def test_a_candidate_on_what_was_rolled_back_is_refused(three: Home) -> None:
    waiting = prepare(three, "2026-10-04", names=["d"])
    _back(three, "p000001")
    with pytest.raises(PublishError, match="p000004 is published now"):
        publish(waiting.run_id)


def test_readers_of_the_old_file_are_not_disturbed(three: Home) -> None:
    reader = open_read_only(three)
    _back(three, "p000001")
    assert reader.execute("from marts.marker").fetchall() == [("run-2026-10-03",)]
    reader.close()


# Kills ---------------------------------------------------------------------------------------

_KILLED = """
import os, sys
import warehouse.rollback as going_back
from core.home import Home
from pathlib import Path

name, before = sys.argv[2], sys.argv[3] == "before"
original = getattr(going_back, name)
calls = 0

def dies(*args, **more):
    global calls
    calls += 1
    last = calls == int(sys.argv[4])
    if last and before:
        os._exit(9)
    result = original(*args, **more)
    if last:
        os._exit(9)
    return result

setattr(going_back, name, dies)
going_back.rollback(Home(Path(sys.argv[1])), "p000001", why="It is wrong.", by="ada")
"""


@pytest.mark.parametrize(
    ("call", "moment", "time"),
    [
        ("write_json", "before", 1),
        ("write_json", "after", 1),
        ("append_decision", "after", 1),
        ("append_decision", "after", 2),
        ("copy_database", "after", 1),
        ("write_rollback_records", "after", 1),
        ("give_name", "before", 1),
        ("give_name", "after", 1),
        ("swap", "after", 1),
    ],
)
def test_a_killed_rollback_goes_on_where_it_was(
    three: Home, call: str, moment: str, time: int
) -> None:
    command = [sys.executable, "-c", _KILLED, str(three.root), call, moment, str(time)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    assert subprocess.run(command, check=False, env=environment).returncode == 9
    is_done = current(three) == three.publication("p000004")
    assert is_done == (call == "swap")
    if not is_done:
        assert ask(three, "from marts.marker") == [("run-2026-10-03",)]
        assert _back(three, "p000001") == "p000004"
    assert ask(three, "from marts.marker") == [("run-2026-10-01",)]
    kinds = sorted(one.decision for one in read_decisions(three))
    assert kinds == ["hold", "hold", "rollback"]
    assert len(ask(three, "from meta.publication")) == 4
    publish(prepare(three, "2026-10-04", names=["d"]).run_id)
    assert ask(three, _EDITIONS) == [("2026-10-01",), ("2026-10-04",)]


def test_a_run_after_a_killed_rollback_keeps_to_its_decisions(three: Home) -> None:
    command = [sys.executable, "-c", _KILLED, str(three.root), "give_name", "after", "1"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    subprocess.run(command, check=False, env=environment)
    publish(prepare(three, "2026-10-04", names=["d"]).run_id)
    assert ask(three, _EDITIONS) == [("2026-10-01",), ("2026-10-04",)]
    assert current(three) == three.publication("p000005")
    assert not three.publication("p000004").exists()


# The law -------------------------------------------------------------------------------------

_HASHES = st.lists(st.sampled_from("abcd"), unique=True, max_size=4)


@given(st.lists(_HASHES, min_size=1, max_size=3), st.data())
def test_after_holding_what_is_later_a_run_takes_in_what_was_wanted(
    orders: list[list[str]], data: st.DataObject
) -> None:
    """Whatever is sealed in which order, and whichever of it is wanted and loaded."""
    days = [date(2026, 10, number + 1) for number in range(len(orders))]
    sealed = {
        day: [Content(day, "c", one) for one in order]
        for day, order in zip(days, orders, strict=True)
    }
    wanted, loaded = [], []
    for day, order in zip(days, orders, strict=True):
        for chosen in (wanted, loaded):
            if (one := data.draw(st.sampled_from([None, *order]))) is not None:
                chosen.append(Content(day, "c", one))
    held = {(one.edition, one.content_hash) for one in later_contents(sealed, wanted, loaded)}
    own = Content(date(2026, 11, 1), "c", "own")
    chosen_now = choose_editions({**sealed, own.edition: [own]}, wanted, held, [own])
    touched = {one.edition for one in (*wanted, *loaded)}
    now = [one.now for one in chosen_now if one.edition in touched and one.now]
    assert now == wanted
