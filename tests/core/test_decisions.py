"""Decisions are appended, read in order, and the last one about a content is in force."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.decisions import (
    GATE,
    Decision,
    append_decision,
    held_contents,
    holds,
    overrides,
    read_decisions,
    released_rows,
)
from core.files import write_json
from core.home import Home

DAY = date(2026, 10, 1)


def test_decisions_are_read_in_the_order_in_which_they_were_made(home: Home) -> None:
    kinds = ("hold", "release", "hold", "override")
    for kind in kinds:
        append_decision(home, kind, DAY, "aa", "Ada", "A reason.")
    decisions = read_decisions(home)
    assert [one.decision for one in decisions] == list(kinds)
    times = [one.decided_at for one in decisions]
    assert times == sorted(set(times))
    assert {one.decided_by for one in decisions} == {"Ada"}


def test_a_clock_set_back_does_not_reorder_decisions(home: Home) -> None:
    path = append_decision(home, "hold", DAY, "aa", "gate", "It is bad.")
    late = Decision.model_validate_json(path.read_text())
    future = late.decided_at + timedelta(days=3650)
    path.write_text(late.model_copy(update={"decided_at": future}).model_dump_json())
    path.rename(path.with_name(f"{future:%Y%m%dT%H%M%S.%f}-hold-{DAY}.json"))
    append_decision(home, "release", DAY, "aa", "Ada", "It is fine.")
    assert [one.decision for one in read_decisions(home)] == ["hold", "release"]
    assert held_contents(read_decisions(home)) == set()


_ORIGIN = Decision(
    decided_at="2026-10-01T00:00:00",
    decision="hold",
    edition=DAY,
    content_hash="",
    decided_by="gate",
    why="",
)


@given(st.lists(st.tuples(st.sampled_from(["hold", "release", "override"]), st.sampled_from("ab"))))
def test_the_last_decision_about_a_content_is_in_force(made: list[tuple[str, str]]) -> None:
    decisions = [
        _ORIGIN.model_copy(update={"decision": kind, "content_hash": content})
        for kind, content in made
    ]
    last = {content: kind for kind, content in made}
    held = {(DAY, content) for content, kind in last.items() if kind == "hold"}
    assert held_contents(decisions) == held


def test_a_file_from_before_rows_could_be_decided_about_is_read(home: Home) -> None:
    old = _ORIGIN.model_dump(
        mode="json", exclude={"article_id", "version_id", "expectations", "run_id"}
    )
    write_json(home.decisions / "20261001T000000.000000-hold-2026-10-01.json", old)
    assert read_decisions(home) == [_ORIGIN]


def test_a_decision_about_a_row_neither_holds_nor_frees_its_edition(home: Home) -> None:
    append_decision(home, "hold", DAY, "aa", GATE, "It is bad.")
    for kind in ("release", "discard", "release"):
        append_decision(home, kind, DAY, "aa", "Ada", "One row.", article_id="x", version_id="y")
    append_decision(home, "discard", DAY, "aa", "Ada", "Another.", article_id="x", version_id="z")
    decisions = read_decisions(home)
    assert held_contents(decisions) == {(DAY, "aa")}
    assert released_rows(decisions, DAY) == [("x", "y")]
    assert released_rows(decisions, DAY + timedelta(days=1)) == []


def test_a_persons_hold_outlasts_the_gates_and_ends_overrides(home: Home) -> None:
    content = (DAY, "aa")
    append_decision(home, "override", DAY, "aa", "Ada", "Known.", expectations=("landed/one",))
    append_decision(home, "hold", DAY, "aa", GATE, "Another fails.")
    append_decision(home, "override", DAY, "aa", "Ben", "Known.", expectations=("marts/two",))
    allowed = overrides(read_decisions(home), content)
    assert {name: one.decided_by for name, one in allowed.items()} == {
        "landed/one": "Ada", "marts/two": "Ben"
    }  # fmt: skip
    assert overrides(read_decisions(home), (DAY, "bb")) == {}
    append_decision(home, "hold", DAY, "aa", "Cleo", "The outlet asked.")
    append_decision(home, "hold", DAY, "aa", GATE, "It fails, too.")
    assert overrides(read_decisions(home), content) == {}
    assert holds(read_decisions(home))[content].decided_by == "Cleo"
