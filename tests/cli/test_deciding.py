"""Deciding about a quarantine: what is shown, recorded, and refused in a sentence."""

import io
import json
from pathlib import Path

import polars as pl
import pytest

from cli import gate, quarantine
from cli.deciding import DecisionError
from core.decisions import append_decision, held_contents, read_decisions
from core.home import Home
from core.landed import LANDED, write_landed
from core.plan import Run
from core.quarantine import quarantine_id, read_cases
from tests.warehouse.newsroom import DAY, article_id, land, write_config
from warehouse.editions import seal

HOSTILE = "A text \x1b[2Jthat clears\u202e the screen\nand goes on"


@pytest.fixture
def landed(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """An edition of two articles; the first fails twice, the second in what facts hang on."""
    monkeypatch.setenv("BROADSHEET_CONFIG", str(write_config(tmp_path / "config")))
    run = land(home, str(DAY), ["a", "bb"])
    articles = pl.read_parquet(run.landing / "article" / "part-0.parquet")
    hostile = articles.with_columns(text=pl.lit(HOSTILE))
    write_landed(hostile, run.landing, "article", "part-0")
    rows = [_row("a", "text_is_decoded"), _row("a", "text_is_enough"), _row("bb", "source_known")]
    frame = pl.DataFrame(rows, schema=LANDED["quarantine"])
    write_landed(frame, run.landing, "quarantine", "gate")
    return run


def _row(name: str, expectation: str) -> dict[str, object]:
    return {
        "article_id": article_id(name),
        "version_id": article_id(article_id(name)),
        "source_id": "alpha",
        "url": f"https://alpha.example/{name}",
        "expectation": f"landed_article.{expectation}",
        "reason": f"It matters ({HOSTILE}).",
        "is_last": True,
        "may_release": expectation != "source_known",
    }


def _id(name: str, expectation: str) -> str:
    article = article_id(name)
    return quarantine_id(DAY, article, article_id(article), f"landed_article.{expectation}")


def test_the_list_and_the_whole_row_are_safe_for_a_terminal(landed: Run) -> None:
    out = io.StringIO()
    quarantine.list_cases(None, out, every=False, as_json=False)
    quarantine.show_case(_id("a", "text_is_decoded"), out, as_json=False)
    shown = out.getvalue()
    assert "3 in quarantine." in shown
    assert "and goes on" in shown
    assert not any(sign in shown for sign in "\x1b\u202e")


def test_json_has_the_row_as_it_landed(landed: Run) -> None:
    out = io.StringIO()
    quarantine.show_case(_id("a", "text_is_enough"), out, as_json=True)
    (told,) = map(json.loads, out.getvalue().splitlines())
    assert told["row"]["text"] == HOSTILE
    assert told["state"] == "open"


def test_a_decision_is_about_the_row_whatever_it_failed(landed: Run) -> None:
    ids = [_id("a", "text_is_decoded"), _id("a", "text_is_enough")]
    quarantine.decide("discard", ids, "An old caption.", "Ada", io.StringIO())
    (decision,) = read_decisions(landed.paths)
    assert decision.wording == (DAY, article_id("a"), article_id(article_id("a")))
    states = {case.quarantine_id: case.state for case in read_cases(landed.paths)}
    assert [states[one] for one in ids] == ["discarded", "discarded"]
    quarantine.decide("release", ids[:1], "It is one after all.", "Ben", io.StringIO())
    assert read_cases(landed.paths)[0].state == "released"


@pytest.mark.parametrize(
    ("ids", "why", "by", "sentence"),
    [
        (["zz"], "So.", "Ada", "no row in quarantine goes by the id 'zz'"),
        ([""], "So.", "Ada", "no row in quarantine goes by the id ''"),
        ([_id("a", "text_is_enough"), _id("bb", "source_known")], "So.", "Ada",
         "cannot be released, since every fact hangs on what it fails"),
        ([_id("a", "text_is_enough")], " ", "Ada", "a decision needs a reason"),
        ([_id("a", "text_is_enough")], "So.", "Gate", "'Gate' names no person"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_told_and_not_recorded(
    landed: Run, ids: list[str], why: str, by: str, sentence: str
) -> None:
    with pytest.raises(DecisionError, match=sentence):
        quarantine.decide("release", ids, why, by, io.StringIO())
    assert read_decisions(landed.paths) == []


def test_deciding_twice_is_told(landed: Run) -> None:
    case = [_id("a", "text_is_enough")]
    quarantine.decide("release", case, "It is short.", "Ada", io.StringIO())
    with pytest.raises(DecisionError, match="was released by Ada already"):
        quarantine.decide("release", case, "It is short.", "Ben", io.StringIO())


def test_an_edition_is_held_and_released_by_hand(landed: Run) -> None:
    content = seal(landed)
    gate.hold(str(DAY), "The outlet asked.", "Ada", io.StringIO())
    assert held_contents(read_decisions(landed.paths)) == {(DAY, content.content_hash)}
    with pytest.raises(DecisionError, match="is held by a person already"):
        gate.hold(str(DAY), "Again.", "Ada", io.StringIO())
    gate.release(str(DAY), "It is settled.", "Ben", io.StringIO())
    assert held_contents(read_decisions(landed.paths)) == set()


def test_what_the_gate_holds_is_not_released_by_a_word(landed: Run) -> None:
    content = seal(landed).content_hash
    append_decision(landed.paths, "hold", DAY, content, "gate", "failed: landed/x", "run")
    with pytest.raises(DecisionError, match="gate override"):
        gate.release(str(DAY), "It is fine.", "Ada", io.StringIO())
    assert held_contents(read_decisions(landed.paths)) == {(DAY, content)}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [("yesterday", "is no date; write it as"), ("2020-01-01", "has judged no run of 2020-01-01")],
)
def test_an_edition_that_was_never_judged_is_told(home: Home, given: str, sentence: str) -> None:
    with pytest.raises(DecisionError, match=sentence):
        gate.explain(given, None, io.StringIO(), as_json=False)
    with pytest.raises(DecisionError, match=r"is no date|was never loaded"):
        gate.hold(given, "So.", "Ada", io.StringIO())
    with pytest.raises(DecisionError, match=r"is no date|nothing to override"):
        gate.override(given, "So.", "Ada", io.StringIO())
