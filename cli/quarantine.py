"""`broadsheet quarantine`: which rows are kept out of their editions, and deciding about them."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TextIO

import polars as pl
from rich.console import Console
from rich.text import Text

from cli.deciding import DecisionError, edition_of, run_again, signed
from cli.terminal import json_line, line
from core.content_hash import content_hash
from core.decisions import append_decision
from core.home import Home
from core.landed import read_landed
from core.quarantine import Case, read_cases

_DONE = {"release": "released", "discard": "discarded"}
_COLOURS = {"open": "yellow", "released": "green", "discarded": "dim"}


def list_cases(
    edition: str | None, out: TextIO, *, every: bool, as_json: bool, home: Home | None = None
) -> int:
    """Print the open cases (`every`: the decided too); returns 0.

    Raises:
        DecisionError: the edition is no date.
    """
    home = home or Home.from_environment()
    cases = read_cases(home, edition_of(edition) if edition else None)
    shown = [case for case in cases if every or case.state == "open"]
    if as_json:
        out.writelines(json_line(_record(case)) + "\n" for case in shown)
        return 0
    console = _console(out)
    for case in shown:
        _print_all(console, _case_lines(case))
    decided = len(cases) - sum(case.state == "open" for case in cases)
    more = f", {decided} decided (--all shows them)" if decided and not every else ""
    console.print(f"{len(shown)} in quarantine{more}.", style="bold")
    return 0


def show_case(given: str, out: TextIO, *, as_json: bool, home: Home | None = None) -> int:
    """Print a case with the whole landed row; returns 0.

    Raises:
        DecisionError: no case, or several, go by that id.
    """
    home = home or Home.from_environment()
    case = _find(read_cases(home), given)
    row = _landed_row(case)
    if as_json:
        out.write(json_line({**_record(case), "row": row}) + "\n")
        return 0
    console = _console(out)
    _print_all(console, _case_lines(case))
    for name, value in row.items():
        first, *others = str(value).split("\n")
        console.print(line((f"{name:<20}", "bold"), f" {first}"))
        _print_all(console, (line(f"{'':<20} {one}") for one in others))
    console.print()
    _print_all(console, _choices(case))
    return 0


def decide(  # noqa: PLR0917 - the words of one sentence, in its order
    kind: Literal["release", "discard"],
    ids: Sequence[str],
    why: str,
    by: str | None,
    out: TextIO,
    home: Home | None = None,
) -> int:
    """Record the decision about each row that `ids` name, and say what to run; returns 0.

    Nothing is recorded unless all of them can be.

    Raises:
        DecisionError: an id names no case, the row is decided so already, or it cannot be
            released; or no reason is given.
    """
    home = home or Home.from_environment()
    name, reason = signed(by, why)
    cases = read_cases(home)
    chosen = {case.wording: case for case in (_find(cases, given) for given in ids)}
    for case in chosen.values():
        _require_open(kind, case, [one for one in cases if one.wording == case.wording])
    console = _console(out)
    for case in chosen.values():
        append_decision(
            home, kind, case.edition, content_hash(case.folder), name, reason,
            article_id=case.article_id, version_id=case.version_id,
        )  # fmt: skip
        console.print(line(f"{_DONE[kind]} by {name}: {case.url}"))
    if kind == "release":
        for edition in sorted({case.edition for case in chosen.values()}):
            console.print(line("To take them in, run: ", (run_again(edition), "bold")))
        console.print(
            "Where Airflow is up: clear check_landing with its downstream in that edition's run."
        )
    return 0


def _require_open(kind: str, case: Case, of_the_row: list[Case]) -> None:
    if case.decision and case.state == _DONE[kind]:
        raise DecisionError(
            f"{case.quarantine_id} was {case.state} by {case.decision.decided_by} already "
            f"({case.decision.why}); nothing was recorded."
        )
    final = [one for one in of_the_row if not one.may_release]
    if kind == "release" and final:
        raise DecisionError(
            f"{case.quarantine_id} cannot be released, since every fact hangs on what it fails "
            f"({final[0].expectation}); mend the cause and run '{run_again(case.edition)}', "
            "or discard it. Nothing was recorded."
        )


def _find(cases: list[Case], given: str) -> Case:
    """The case whose id begins with `given`."""
    found = [case for case in cases if given and case.quarantine_id.startswith(given)]
    if len({case.quarantine_id for case in found}) != 1:
        problem = "several rows in quarantine go" if found else "no row in quarantine goes"
        raise DecisionError(
            f"{problem} by the id '{given}'; 'broadsheet quarantine list --all' shows all ids."
        )
    return found[0]


def _landed_row(case: Case) -> dict[str, Any]:
    rows = read_landed(case.folder, "article").filter(
        pl.col("article_id") == case.article_id, pl.col("version_id") == case.version_id
    )
    if rows.is_empty():
        raise DecisionError(
            f"the row {case.quarantine_id} is gone from {case.folder}; "
            f"'{run_again(case.edition)}' lands it again from the archive."
        )
    return rows.row(0, named=True)


def _record(case: Case) -> dict[str, Any]:
    decision = case.decision
    return {
        **{name: value for name, value in vars(case).items() if name not in ("folder", "decision")},
        "state": case.state,
        "decided_by": decision.decided_by if decision else None,
        "decided_at": decision.decided_at if decision else None,
        "why": decision.why if decision else None,
    }


def _case_lines(case: Case) -> Iterator[Text]:
    yield line(
        (case.quarantine_id, "bold"),
        f"  {case.edition}  {case.source_id}  ",
        (case.state, _COLOURS[case.state]),
    )
    yield line(f"    {case.url}")
    yield line((f"    {case.expectation}: {case.reason}", "dim"))
    if case.decision:
        decision = case.decision
        moment = f"{decision.decided_at:%Y-%m-%d %H:%M} UTC"
        yield line(f"    {case.state} by {decision.decided_by}, {moment}: {decision.why}")


def _choices(case: Case) -> Iterator[Text]:
    if case.state == "released":
        yield line("It is taken in when its edition is run: ", (run_again(case.edition), "bold"))
        return
    if case.may_release:
        yield line(f'Take it in: broadsheet quarantine release {case.quarantine_id} --why "…"')
    else:
        yield line(
            f"It cannot be taken in as it is; mend the cause, then {run_again(case.edition)}"
        )
    if case.state == "open":
        yield line(f'Leave it out: broadsheet quarantine discard {case.quarantine_id} --why "…"')


def _print_all(console: Console, lines: Iterator[Text]) -> None:
    for one in lines:
        console.print(one)


def _console(out: TextIO) -> Console:
    return Console(file=out, highlight=False, soft_wrap=True)
