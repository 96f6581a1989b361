"""Decisions are appended, read in order, and the last one about a content is in force."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.decisions import Decision, append_decision, held_contents, read_decisions
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
