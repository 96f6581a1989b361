"""Sends an alert by the channels of `alerts.yml`: once each, within a time, never raising.

What was sent is noted in `alerts/<edition>.json`: by alert, then by channel, when.
"""

import contextlib
import json
import smtplib
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from core.alerts import SMTP_PASSWORD, Alerts, Email, secret
from core.config_values import WebUrl
from core.errors import BroadsheetError
from core.files import exclusive_lock, read_json, write_json
from core.home import Home
from reports.alerts import Alert, html, one_line, plain_text, slack

_WEB_URL = TypeAdapter[str](WebUrl)


class NotSent(BroadsheetError):
    """A channel did not take a message; the text says why."""


@dataclass(frozen=True)
class Outcome:
    """What became of an alert in one channel; `told` is a sentence for a log."""

    channel: str
    state: str
    told: str

    @property
    def is_failure(self) -> bool:
        return self.state == "failed"


type Send = Callable[[Alert, Alerts], str]


def send(alert: Alert, settings: Alerts, home: Home) -> list[Outcome]:
    """Send `alert` by every channel that has not had it yet; an outcome for each channel.

    Nothing is sent of a kind that `tell` leaves out. Never raises for a channel or the disk.
    """
    if alert.kind not in settings.tell or not settings.channels:
        return []
    path = home.root / "alerts" / f"{alert.edition or 'unplanned'}.json"
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # on a full disk twice is better than not at all
            stack.enter_context(exclusive_lock(path.with_suffix(".lock")))
        sent = _read(path)
        had = sent.setdefault(alert.key, {})
        outcomes = [
            Outcome(name, "repeated", f"{name}: sent before, at {had[name]} UTC")
            if name in had
            else attempt(name, alert, settings)
            for name in settings.channels
        ]
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
        had |= {one.channel: now for one in outcomes if one.state == "sent"}
        with contextlib.suppress(BroadsheetError, OSError):
            write_json(path, sent)
    return outcomes


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = read_json(path)
    except (OSError, ValueError):
        return {}
    return found


def attempt(channel: str, alert: Alert, settings: Alerts) -> Outcome:
    """Send by one channel, whether or not it was sent before; never raises."""
    try:
        told = within(settings.timeout_seconds, lambda: _CHANNELS[channel](alert, settings))
    except Exception as error:  # noqa: BLE001 - no fault of a channel may fail what it tells of
        return Outcome(channel, "failed", f"{channel}: {_why(error)}")
    return Outcome(channel, "sent", f"{channel}: {told}")


def within[ResultT](seconds: float, work: Callable[[], ResultT]) -> ResultT:
    """The result of `work`, or TimeoutError after `seconds` in all.

    Sockets only limit each single wait: a server that drips bytes would hold a task for ever.
    The abandoned thread ends with the process.
    """
    results: list[ResultT] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again by the one who waits
            errors.append(error)

    thread = threading.Thread(target=run, name="alert", daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError(f"no answer within {seconds:g} s")
    return results[0]


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return str(error) or "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not valid ({error.verify_message})"
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return one_line(f"the mail server answered {error.smtp_code} {text}", 300)
    if isinstance(error, socket.gaierror):
        return "the host's name cannot be resolved"
    if isinstance(error, OSError) and error.strerror:
        return f"no connection: {error.strerror}"
    return one_line(str(error) or type(error).__name__, 300)


# E-mail -------------------------------------------------------------------------------------


def message(alert: Alert, settings: Email) -> EmailMessage:
    """The mail: plain text with an HTML alternative."""
    mail = EmailMessage()
    mail["Subject"] = alert.subject
    mail["From"] = settings.sender
    mail["To"] = ", ".join(settings.to)
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(plain_text(alert))
    mail.add_alternative(html(alert), subtype="html")
    return mail


def _mail(alert: Alert, settings: Alerts) -> str:
    email = settings.email
    assert email is not None
    password = secret(SMTP_PASSWORD, "the mail server's password") if email.user else ""
    where = f"{email.host}:{email.port}"
    context = ssl.create_default_context()
    with _connect(email, settings.timeout_seconds, context) as server:
        if email.security == "starttls":
            server.starttls(context=context)
        if email.user:
            server.login(email.user, password)
        try:
            refused = server.send_message(message(alert, email))
        except smtplib.SMTPRecipientsRefused as error:
            raise NotSent(f"{where} refused every address: {_refusals(error.recipients)}") from None
    if refused:
        return f"accepted by {where}, but not for {_refusals(refused)}"
    return f"accepted by {where} for {', '.join(email.to)}"


def _connect(email: Email, seconds: float, context: ssl.SSLContext) -> smtplib.SMTP:
    if email.security == "tls":
        return smtplib.SMTP_SSL(email.host, email.port, timeout=seconds, context=context)
    return smtplib.SMTP(email.host, email.port, timeout=seconds)


def _refusals(recipients: dict[str, tuple[int, bytes]]) -> str:
    told = [
        f"{address} ({code} {said.decode('utf-8', 'replace')})"
        for address, (code, said) in recipients.items()
    ]
    return one_line("; ".join(told), 300)


# Webhook ------------------------------------------------------------------------------------


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would be repeated as a GET that tells nobody anything."""

    def redirect_request(self, *_given: Any, **_named: Any) -> None:
        return None


def _post(alert: Alert, settings: Alerts) -> str:
    webhook = settings.webhook
    assert webhook is not None
    url = secret(webhook.url_variable, "the webhook's address")
    try:
        parts = urlsplit(_WEB_URL.validate_python(url))
    except ValueError:  # its text would repeat the secret
        raise NotSent(f"what {webhook.url_variable} holds is not an http or https URL") from None
    request = urllib.request.Request(  # noqa: S310 - the scheme was just checked
        url,
        data=json.dumps(slack(alert)).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "Broadsheet"},
    )
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=settings.timeout_seconds) as response:
            said = response.read(200).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        said = one_line(error.read(200).decode("utf-8", "replace"), 200)
        raise NotSent(f"{parts.hostname} answered {error.code} {said}".rstrip()) from None
    except urllib.error.URLError as error:
        raise error.reason if isinstance(error.reason, OSError) else error from None
    return f"{parts.hostname} answered {response.status} {one_line(said, 60)}".rstrip()


_CHANNELS: dict[str, Send] = {"email": _mail, "webhook": _post}
