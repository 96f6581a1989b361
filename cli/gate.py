"""`broadsheet gate`: what the gate said of an edition, and what persons decide about it."""

from collections.abc import Iterator
from datetime import date
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from cli.deciding import DecisionError, edition_of, run_again, signed
from cli.judged import Judged, State, judged_runs, state_of
from cli.terminal import json_line, line
from core.decisions import GATE, append_decision, holds, read_decisions
from core.home import Home
from core.quarantine import read_cases
from warehouse.editions import sealed_contents

_COLOURS = {"critical": "red", "warning": "yellow"}


def explain(
    given: str, run_id: str | None, out: TextIO, *, as_json: bool, home: Home | None = None
) -> int:
    """Print what the gate found wrong in an edition, its state now and what to do; returns 0.

    Of several runs the one that was judged last, or `run_id`.

    Raises:
        DecisionError: no date, or no run of that edition was judged.
    """
    home = home or Home.from_environment()
    edition = edition_of(given)
    judged = _chosen(judged_runs(home, edition), edition, run_id)
    state = state_of(home, edition)
    if as_json:
        failed = [{"record": "verdict", **one} for one in judged.failed]
        told = {"record": "state", "run_id": judged.run_id, "result": judged.result}
        out.writelines(json_line(row) + "\n" for row in [*failed, {**told, **_record(state)}])
        return 0
    console = Console(file=out, highlight=False, soft_wrap=True)
    for text in [*_verdict_lines(judged), *_state_lines(state), *_what_to_do(home, state)]:
        console.print(text)
    return 0


def override(given: str, why: str, by: str | None, out: TextIO, home: Home | None = None) -> int:
    """Let the held content of an edition pass with exactly the failures it was refused for.

    Raises:
        DecisionError: the gate holds nothing of that edition, or no reason is given.
    """
    home = home or Home.from_environment()
    edition, (name, reason) = edition_of(given), signed(by, why)
    refusal = state_of(home, edition).refusal
    content = refusal.content_of(edition) if refusal else None
    if refusal is None or content is None:
        raise DecisionError(
            f"the gate holds nothing of the edition {edition}, so there is nothing to override; "
            f"'broadsheet gate explain {edition}' says how it stands."
        )
    append_decision(
        home, "override", edition, content, name, reason, refusal.run_id,
        expectations=refusal.expectations,
    )  # fmt: skip
    _say(out, f"{name} overrides {', '.join(refusal.expectations)} for {edition}.")
    _say(out, f"Any other failure still stops it. To publish it, run: {run_again(edition)}")
    return 0


def hold(given: str, why: str, by: str | None, out: TextIO, home: Home | None = None) -> int:
    """Hold every content of an edition that a warehouse could load, until a person releases it.

    Raises:
        DecisionError: nothing of the edition was ever loaded, all of it is held by a person
            already, or no reason is given.
    """
    home = home or Home.from_environment()
    edition, (name, reason) = edition_of(given), signed(by, why)
    held = holds(read_decisions(home))
    contents = [one.content_hash for one in sealed_contents(home).get(edition, [])]
    free = [
        one
        for one in contents
        if (edition, one) not in held or held[edition, one].decided_by == GATE
    ]
    if not free:
        state = "is held by a person already" if contents else "was never loaded"
        raise DecisionError(f"the edition {edition} {state}; nothing was recorded.")
    for content in free:
        append_decision(home, "hold", edition, content, name, reason)
    _say(out, f"{name} holds {edition}: the next run of any other edition publishes without it.")
    return 0


def release(given: str, why: str, by: str | None, out: TextIO, home: Home | None = None) -> int:
    """Lift the holds that persons put on an edition; what the gate holds needs an override.

    Raises:
        DecisionError: no person holds anything of that edition, or no reason is given.
    """
    home = home or Home.from_environment()
    edition, (name, reason) = edition_of(given), signed(by, why)
    held = {
        content: one
        for (day, content), one in holds(read_decisions(home)).items()
        if day == edition
    }
    by_hand = [content for content, one in held.items() if one.decided_by != GATE]
    if not by_hand:
        hint = (
            f"the gate does: mend the cause and run '{run_again(edition)}', "
            f"or 'broadsheet gate override {edition} --why …'"
            if held
            else f"'broadsheet gate explain {edition}' says how it stands"
        )
        raise DecisionError(f"no person holds the edition {edition}; {hint}.")
    for content in by_hand:
        append_decision(home, "release", edition, content, name, reason)
    _say(out, f"{name} releases {edition}. To publish it, run: {run_again(edition)}")
    return 0


def _chosen(runs: list[Judged], edition: date, run_id: str | None) -> Judged:
    found = [one for one in runs if run_id in (None, one.run_id)]
    if not found:
        known = ", ".join(one.run_id for one in runs)
        raise DecisionError(
            f"the gate judged no run '{run_id}' of {edition}; it judged: {known}."
            if known
            else f"the gate has judged no run of {edition} yet; start one: {run_again(edition)}"
        )
    return found[-1]


def _verdict_lines(judged: Judged) -> Iterator[Text]:
    where = f" as {judged.publication_id}" if judged.publication_id else ""
    yield line(
        (f"{judged.result}{where}", "bold"), f"  run {judged.run_id}, {judged.at:%F %H:%M} UTC"
    )
    yield line(f"{judged.checked} expectations checked, {len(judged.failed)} failed.")
    suite = None
    for one in judged.failed:
        if one["suite"] != suite:
            suite = one["suite"]
            yield line((f"{suite}", "bold underline"))
        over = f", overridden by {one['overridden_by']}" if one["overridden_by"] else ""
        severity = one["severity"]
        yield line((f"  {severity}{over} ", _COLOURS.get(severity, "")), one["expectation"])
        yield line(f"    found: {one['observed']}")
        yield line((f"    {one['sentence']}", "dim"))


def _state_lines(state: State) -> Iterator[Text]:
    yield line(("how it stands", "bold underline"))
    yield line(f"  {state.told}")
    for one in state.decisions:
        what = f" ({', '.join(one.expectations)})" if one.expectations else ""
        moment = f"{one.decided_at:%Y-%m-%d %H:%M}"
        yield line(f"  {moment} {one.decision} by {one.decided_by}{what}: {one.why}")


def _what_to_do(home: Home, state: State) -> Iterator[Text]:
    edition = state.edition
    yield line(("what to do", "bold underline"))
    is_open = any(case.state == "open" for case in read_cases(home, edition))
    if state.refusal:
        yield line(f"  Mend what the sentences above name, then: {run_again(edition)}")
        yield line(f'  Or publish it as it is: broadsheet gate override {edition} --why "…"')
    if state.held_by_person:
        yield line(f'  Lift the hold: broadsheet gate release {edition} --why "…"')
    if state.awaits_run:
        yield line(f"  Make the last decision take effect: {run_again(edition)}")
    if is_open:
        yield line(f"  Decide about single pages: broadsheet quarantine list --edition {edition}")
    if not (state.refusal or state.held_by_person or state.awaits_run or is_open):
        yield line("  Nothing.")


def _record(state: State) -> dict[str, Any]:
    return {
        "edition": state.edition,
        "state": state.told,
        "held_by_gate": state.refusal is not None,
        "held_by_person": state.held_by_person,
        "awaits_run": state.awaits_run,
        "decisions": [one.model_dump(mode="json") for one in state.decisions],
    }


def _say(out: TextIO, sentence: str) -> None:
    Console(file=out, highlight=False, soft_wrap=True).print(line(sentence))
