"""What another run is building is left to it, until a gate has judged it or the run is over."""

import os
from datetime import date
from time import time

import pytest

from core.home import Home
from core.plan import Run
from tests.warehouse.newsroom import land, pass_gate
from tests.warehouse.publishing import ask, prepare
from warehouse.candidate import open_candidate
from warehouse.in_work import PATIENCE
from warehouse.publish import publish


@pytest.fixture
def beside(newsroom: Home) -> Run:
    """A run that has opened its candidate, and is not judged yet."""
    run = land(newsroom, "2026-10-01", ["a"])
    open_candidate(run.run_id)
    return run


def taken_in(home: Home, edition: str = "2026-10-02") -> list[str]:
    record = open_candidate(land(home, edition, ["b"]).run_id)
    return [one["edition"] for one in record["editions"]]


def test_what_no_gate_has_judged_is_left_to_its_run(newsroom: Home, beside: Run) -> None:
    assert taken_in(newsroom) == ["2026-10-02"]
    pass_gate(beside)
    assert taken_in(newsroom) == ["2026-10-01", "2026-10-02"]


def test_a_verdict_about_an_earlier_candidate_is_none(newsroom: Home, beside: Run) -> None:
    pass_gate(beside)
    gate = beside.work / "verdicts" / "gate.json"
    os.utime(gate, (time() - 60, time() - 60))
    assert taken_in(newsroom) == ["2026-10-02"]


def test_a_run_that_died_long_ago_keeps_nothing_back(newsroom: Home, beside: Run) -> None:
    long_ago = time() - PATIENCE.total_seconds() - 60
    os.utime(beside.work / "load.json", (long_ago, long_ago))
    assert taken_in(newsroom) == ["2026-10-01", "2026-10-02"]


def test_a_run_takes_in_its_own_edition_again(newsroom: Home, beside: Run) -> None:
    assert open_candidate(beside.run_id)["editions"][0]["state"] == "new"


def test_what_is_published_is_not_withdrawn(newsroom: Home, beside: Run) -> None:
    """Two runs of the same edition: one publishes while the other still builds."""
    publish(prepare(newsroom, "2026-10-01", "twin").run_id)
    assert taken_in(newsroom) == ["2026-10-01", "2026-10-02"]
    publish(prepare(newsroom, "2026-10-03").run_id)
    editions = ask(newsroom, "select edition from meta.edition order by edition")
    assert (date(2026, 10, 1),) in editions
