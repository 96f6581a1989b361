"""`broadsheet alerts`: try the channels, and ask from a timer for the day's publication."""

from datetime import UTC, datetime
from typing import TextIO

from rich.console import Console
from rich.text import Text

from core.alerts import alerts_path, load_alerts
from core.errors import ConfigError
from core.home import Home
from reports.alert_facts import served
from reports.alert_sending import Outcome, attempt, send
from reports.alerts import Alert
from reports.deadline import missed_deadline

_COLOURS = {"sent": "green", "repeated": "yellow", "failed": "red"}


def try_channels(out: TextIO) -> int:
    """Send a test message through each configured channel and print what happened; 1 if one failed.

    Raises:
        ConfigError: alerts.yml is wrong, or names no channel.
    """
    settings = load_alerts()
    if not settings.channels:
        raise ConfigError(
            f"{alerts_path()} names no channel, so no alert is sent; "
            "add 'email' or 'webhook' there (docs/operating-alerts.md)."
        )
    alert = Alert(
        kind="test",
        edition=None,
        what="a test message",
        reason="Somebody ran 'broadsheet alerts test'; nothing is wrong.",
        served=served(Home.from_environment()).sentence,
        todo="nothing; alerts arrive here.",
    )
    return _print([attempt(name, alert, settings) for name in settings.channels], out)


def deadline(out: TextIO) -> int:
    """Print whether the edition that is due is published; send the alert and end with 1 if not.

    Raises:
        ConfigError: alerts.yml or the sources file is wrong.
    """
    home, settings = Home.from_environment(), load_alerts()
    missed = missed_deadline(home, datetime.now(UTC), settings)
    console = Console(file=out, highlight=False, soft_wrap=True)
    if missed is None:
        console.print(Text(served(home).sentence))
        return 0
    console.print(Text(f"{missed.subject}. {missed.served}"))
    _print(send(missed, settings, home), out)
    return 1


def _print(outcomes: list[Outcome], out: TextIO) -> int:
    console = Console(file=out, highlight=False, soft_wrap=True)
    for one in outcomes:
        console.print(Text.assemble((f"{one.state:9}", _COLOURS[one.state]), one.told))
    return 1 if any(one.is_failure for one in outcomes) else 0
