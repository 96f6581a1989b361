"""An alert: what happened to which edition, why, what readers see, where to look, what to do.

Rendered as subject, plain text, HTML and a Slack message; nothing here reads a file.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.alerts import AlertKind

TEMPLATES = Path(__file__).parent / "templates"
MOST_FAILURES = 8
MOST_NAMES = 40
LONGEST = 600  # characters of one observation or reason; the rest is in the log

_BREAK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Failure:
    """A failed critical expectation: what was found, and the owner's sentence about it."""

    suite: str
    expectation: str
    observed: str
    sentence: str

    @property
    def name(self) -> str:
        return f"{self.suite}/{self.expectation}"


@dataclass(frozen=True)
class Alert:
    """One message; `scope` is the run for which it is sent once, None for its whole edition."""

    kind: AlertKind | Literal["test"]
    edition: date | None
    what: str
    served: str
    todo: str
    about: str = ""
    scope: str | None = None
    reason: str = ""
    failures: tuple[Failure, ...] = ()
    silent: tuple[str, ...] = ()
    link: str | None = None
    runbook: str | None = None

    @property
    def subject(self) -> str:
        """One line: whose, which edition, what happened."""
        edition = f" {self.edition}" if self.edition else ""
        return one_line(f"Broadsheet{edition}: {self.what}", 180)

    @property
    def key(self) -> str:
        """Equal for alerts of which only the first is sent."""
        subject = [self.about, *(one.name for one in self.failures), *self.silent]
        digest = hashlib.sha256("\n".join(subject).encode(errors="replace")).hexdigest()[:12]
        return "/".join(part for part in (self.scope, self.kind, digest) if part)

    @property
    def told_failures(self) -> tuple[Failure, ...]:
        """The first of the failures, each short enough for a message."""
        return tuple(
            Failure(
                one.suite,
                one_line(one.expectation, 120),
                one_line(one.observed),
                one_line(one.sentence),
            )
            for one in self.failures[:MOST_FAILURES]
        )

    @property
    def more_failures(self) -> int:
        return max(0, len(self.failures) - MOST_FAILURES)

    @property
    def told_silent(self) -> str:
        """The silent outlets in one sentence; empty where none is."""
        if not self.silent:
            return ""
        more = len(self.silent) - MOST_NAMES
        rest = f" and {more} more" if more > 0 else ""
        named = ", ".join(one_line(name, 80) for name in self.silent[:MOST_NAMES])
        return f"Silent in this edition ({len(self.silent)}): {named}{rest}."


def one_line(text: str, longest: int = LONGEST) -> str:
    """`text` without line breaks, control characters and lone surrogates, cut to `longest`."""
    flat = _BREAK.sub(" ", text.encode(errors="replace").decode()).strip()
    return flat if len(flat) <= longest else f"{flat[: longest - 1].rstrip()}…"


def plain_text(alert: Alert) -> str:
    """The body for a mail program that shows no HTML."""
    parts = [alert.subject]
    if alert.reason:
        parts.append(one_line(alert.reason))
    parts += [
        f"* {one.name}\n  {one.sentence}\n  Found: {one.observed}" for one in alert.told_failures
    ]
    if alert.more_failures:
        parts.append(f"… and {alert.more_failures} more failed expectations.")
    parts += [part for part in (alert.told_silent, alert.served) if part]
    look = [f"What to do: {alert.todo}"]
    look += [f"Runbook: {alert.runbook}"] if alert.runbook else []
    look += [f"Task in Airflow: {alert.link}"] if alert.link else []
    return "\n\n".join([*parts, "\n".join(look)]) + "\n"


def html(alert: Alert) -> str:
    """The body as HTML that loads nothing; every text is escaped."""
    is_url = bool(alert.runbook and alert.runbook.startswith(("http://", "https://")))
    return (
        _templates()
        .get_template("alert.html.j2")
        .render(alert=alert, reason=one_line(alert.reason), runbook_is_url=is_url)
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )


def slack(alert: Alert) -> dict[str, str]:
    """The JSON of an incoming webhook: Slack's own markup in one text."""
    parts = [f"*{_escaped(alert.subject)}*"]
    if alert.reason:
        parts.append(_escaped(one_line(alert.reason)))
    parts += [
        f"• `{_escaped(one.name)}` {_escaped(one.sentence)}\n   _Found:_ {_escaped(one.observed)}"
        for one in alert.told_failures
    ]
    if alert.more_failures:
        parts.append(f"… and {alert.more_failures} more failed expectations.")
    parts += [_escaped(part) for part in (alert.told_silent, alert.served) if part]
    parts.append(f"*What to do:* {_escaped(alert.todo)}")
    if alert.runbook:
        parts.append(f"*Runbook:* {_escaped(alert.runbook)}")
    if alert.link:
        parts.append(f"<{_escaped(alert.link).replace('|', '%7C')}|Open the task in Airflow>")
    return {"text": "\n".join(parts)}


def _escaped(text: str) -> str:
    """For Slack: no mention (`<!channel>`) or link but our own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
