"""The words and options of the commands that decide about what the gate stopped."""

import sys
from typing import Annotated

import typer

from cli.options import By, CaseId, EditionDay, JsonLines, Why

quarantine_app = typer.Typer(help="Articles that the gate keeps out of their edition.")
gate_app = typer.Typer(help="What the gate said of an edition, and deciding about it.")
alerts_app = typer.Typer(help="Who is told when an edition is refused, late or incomplete.")


@quarantine_app.command("list")
def quarantine_list(
    edition: Annotated[str | None, typer.Option(help="A day such as 2026-10-16.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Those decided about, too.")] = False,
    as_json: JsonLines = False,
) -> None:
    """The articles kept out, each with the reason."""
    from cli.quarantine import list_cases

    raise typer.Exit(list_cases(edition, sys.stdout, every=every, as_json=as_json))


@quarantine_app.command("show")
def quarantine_show(case: CaseId, as_json: JsonLines = False) -> None:
    """One of them with the whole row that landed."""
    from cli.quarantine import show_case

    raise typer.Exit(show_case(case, sys.stdout, as_json=as_json))


@quarantine_app.command("release")
def quarantine_release(cases: list[str], why: Why, by: By = None) -> None:
    """Take articles in as they are; tells the command that does it."""
    from cli.quarantine import decide

    raise typer.Exit(decide("release", cases, why, by, sys.stdout))


@quarantine_app.command("discard")
def quarantine_discard(cases: list[str], why: Why, by: By = None) -> None:
    """Leave articles out for good: they are no open case any more."""
    from cli.quarantine import decide

    raise typer.Exit(decide("discard", cases, why, by, sys.stdout))


@gate_app.command("explain")
def gate_explain(
    edition: EditionDay,
    run_id: Annotated[str | None, typer.Option("--run", help="Another run than the last.")] = None,
    as_json: JsonLines = False,
) -> None:
    """What failed in an edition, why that matters, how it stands now and what to do."""
    from cli.gate import explain

    raise typer.Exit(explain(edition, run_id, sys.stdout, as_json=as_json))


@gate_app.command("override")
def gate_override(edition: EditionDay, why: Why, by: By = None) -> None:
    """Let what the gate holds pass with exactly the failures it was refused for."""
    from cli.gate import override

    raise typer.Exit(override(edition, why, by, sys.stdout))


@gate_app.command("hold")
def gate_hold(edition: EditionDay, why: Why, by: By = None) -> None:
    """Keep an edition out of the next publications until a person releases it."""
    from cli.gate import hold

    raise typer.Exit(hold(edition, why, by, sys.stdout))


@gate_app.command("release")
def gate_release(edition: EditionDay, why: Why, by: By = None) -> None:
    """Lift a hold that a person put on an edition."""
    from cli.gate import release

    raise typer.Exit(release(edition, why, by, sys.stdout))


@alerts_app.command("test")
def alerts_test() -> None:
    """Send a test message through each channel of alerts.yml and say what happened."""
    from cli.alerts import try_channels

    raise typer.Exit(try_channels(sys.stdout))


@alerts_app.command("deadline")
def alerts_deadline() -> None:
    """Is the edition that is due published? If not, send the alert and end with 1 (for a timer)."""
    from cli.alerts import deadline

    raise typer.Exit(deadline(sys.stdout))
