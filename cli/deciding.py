"""What every decision needs: who, why, and which edition; each checked with one sentence."""

import getpass
from datetime import date

from core.decisions import GATE
from core.errors import BroadsheetError


class DecisionError(BroadsheetError):
    """A decision that cannot be made: about nothing, without a reason, or of no effect."""


def signed(by: str | None, why: str) -> tuple[str, str]:
    """(who, why); who is the login name where none is given.

    Raises:
        DecisionError: no reason, or the name that stands for the gate.
    """
    name = (by or _login()).strip()
    if not why.strip():
        raise DecisionError("a decision needs a reason that others can read; give it with --why.")
    if not name or name.lower() == GATE:
        raise DecisionError(f"'{name}' names no person; say who decides with --by.")
    return name, why.strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in some containers
        raise DecisionError(
            "this login has no name; say who decides with --by.",
        ) from None


def edition_of(text: str) -> date:
    """The edition that a person typed.

    Raises:
        DecisionError: it is no date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DecisionError(f"the edition '{text}' is no date; write it as 2026-10-16.") from None


def run_again(edition: date) -> str:
    """The command that makes a decision about an edition take effect."""
    return f"broadsheet run --edition {edition}"
