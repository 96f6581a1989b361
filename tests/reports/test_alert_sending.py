"""Alerts sent to real servers on loopback: once, in time, and every refusal in a sentence."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from core.alerts import Alerts, Email
from core.alerts import Webhook as WebhookSettings
from core.home import Home
from reports.alert_sending import Outcome, attempt, send
from reports.alerts import Alert, Failure
from tests.support.hostile.tls import AUTHORITY, contexts
from tests.support.mail_server import MailServer, serving_mail
from tests.support.serving import free_port
from tests.support.webhook_server import Webhook, serving_webhook

LOGIN = ("broadsheet", "pass word")
FAILURE = Failure("marts", "fct_theme_daily.equals_recount", "3 rows", "Counts must be true.")
ALERT = Alert(
    kind="failed_gate", edition=date(2026, 10, 17), what="the gate refused the built tables",
    served="p000001 of 2026-10-16 is still served to readers.", todo="clear the task.",
    scope="run-1", failures=(FAILURE,),
)  # fmt: skip


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


def to(server: MailServer, **changed: object) -> Email:
    given = {"host": "localhost", "port": server.port, "security": "none", **changed}
    return Email(
        sender="broadsheet@example.org", to=["desk@example.org", "ops@example.org"], **given
    )


def one(outcomes: list[Outcome]) -> Outcome:
    (outcome,) = outcomes
    return outcome


def test_a_mail_arrives_at_everybody(home: Home, servers: ExitStack) -> None:
    server = servers.enter_context(serving_mail(MailServer()))
    outcome = one(send(ALERT, Alerts(email=to(server)), home))
    assert outcome.state == "sent", outcome
    (mail,) = server.mails
    assert mail["Subject"] == ALERT.subject
    assert server.envelopes == [("broadsheet@example.org", ["desk@example.org", "ops@example.org"])]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Counts must be true." in body.get_content()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_password_goes_through_tls_only(
    home: Home, servers: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    tls = contexts(tmp_path)
    server = MailServer(tls=tls["trusted"], implicit=security == "tls", login=LOGIN)
    servers.enter_context(serving_mail(server))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / AUTHORITY))
    monkeypatch.setenv("BROADSHEET_SMTP_PASSWORD", LOGIN[1])
    settings = Alerts(email=to(server, security=security, user=LOGIN[0]))
    assert one(send(ALERT, settings, home)).state == "sent"
    assert server.secured == [True]


def test_a_bad_certificate_gets_no_password(
    home: Home, servers: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = contexts(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / AUTHORITY))
    monkeypatch.setenv("BROADSHEET_SMTP_PASSWORD", LOGIN[1])
    for fault in ("self_signed", "expired", "of_another_host"):
        server = servers.enter_context(serving_mail(MailServer(tls=tls[fault], login=LOGIN)))
        settings = Alerts(email=to(server, security="starttls", user=LOGIN[0]))
        outcome = one(send(ALERT, settings, home))
        assert outcome.state == "failed"
        assert "certificate is not valid" in outcome.told
        assert server.mails == []


def test_what_a_mail_server_refuses_is_told(
    home: Home, servers: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_SMTP_PASSWORD", "wrong")
    guarded = servers.enter_context(serving_mail(MailServer(login=LOGIN)))
    outcome = one(send(ALERT, Alerts(email=to(guarded, user=LOGIN[0])), home))
    assert outcome == Outcome(
        "email", "failed", "email: the mail server answered 535 wrong password"
    )
    monkeypatch.delenv("BROADSHEET_SMTP_PASSWORD")
    outcome = one(send(ALERT, Alerts(email=to(guarded, user=LOGIN[0])), home))
    assert "set it in the environment variable BROADSHEET_SMTP_PASSWORD" in outcome.told
    plain = servers.enter_context(serving_mail(MailServer()))
    outcome = one(send(ALERT, Alerts(email=to(plain, security="starttls")), home))
    assert "STARTTLS" in outcome.told
    assert guarded.mails == plain.mails == []


def test_an_unknown_address_does_not_keep_it_from_the_others(
    home: Home, servers: ExitStack
) -> None:
    some = MailServer(unknown=frozenset({"ops@example.org"}))
    servers.enter_context(serving_mail(some))
    outcome = one(send(ALERT, Alerts(email=to(some)), home))
    assert outcome.state == "sent"
    assert "not for ops@example.org (550 nobody of that name)" in outcome.told
    assert some.envelopes[0][1] == ["desk@example.org"]
    none = MailServer(unknown=frozenset({"ops@example.org", "desk@example.org"}))
    servers.enter_context(serving_mail(none))
    outcome = one(send(ALERT, Alerts(email=to(none)), Home(home.root / "other")))
    assert outcome.state == "failed"
    assert "refused every address" in outcome.told


def test_a_webhook_gets_slacks_json(
    home: Home, servers: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = servers.enter_context(serving_webhook(Webhook()))
    monkeypatch.setenv("BROADSHEET_WEBHOOK_URL", hook.url)
    outcome = one(send(ALERT, Alerts(webhook=WebhookSettings()), home))
    assert outcome == Outcome("webhook", "sent", "webhook: 127.0.0.1 answered 200 ok")
    (post,) = hook.posts
    assert set(post) == {"text"}
    assert "Counts must be true." in post["text"]


def test_what_a_webhook_refuses_is_told_without_its_address(
    home: Home, servers: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Alerts(webhook=WebhookSettings())
    hook = servers.enter_context(serving_webhook(Webhook(404, "no_service")))
    moved = Webhook(302, location=hook.url)
    servers.enter_context(serving_webhook(moved))
    nobody = f"http://127.0.0.1:{free_port()}/services/T0/secret"
    for url, told in (
        (hook.url, "127.0.0.1 answered 404 no_service"),
        (moved.url, "127.0.0.1 answered 302"),
        (nobody, "no connection: Connection refused"),
        ("http://nowhere.invalid/services/T0/secret", "cannot be resolved"),
        ("file:///services/T0/secret", "not an http or https URL"),
        ("http://127.0.0.1/a b\n/secret", "not an http or https URL"),
        ("http://me:secret@127.0.0.1/", "not an http or https URL"),
        ("", "set it in the environment variable BROADSHEET_WEBHOOK_URL"),
    ):
        monkeypatch.setenv("BROADSHEET_WEBHOOK_URL", url)
        outcome = one(send(ALERT, settings, home))
        assert outcome.state == "failed"
        assert told in outcome.told
        assert "secret" not in outcome.told
    assert hook.requests == ["POST /services/T0/secret"]


def test_servers_that_never_end_cost_their_time_and_no_more(
    servers: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = servers.enter_context(serving_webhook(Webhook(dripping=True)))
    mute = servers.enter_context(serving_mail(MailServer(mute=True)))
    monkeypatch.setenv("BROADSHEET_WEBHOOK_URL", hook.url)
    settings = Alerts(email=to(mute), webhook=WebhookSettings(), timeout_seconds=0.5)
    for channel in settings.channels:
        started = time.monotonic()
        outcome = attempt(channel, ALERT, settings)
        assert outcome.state == "failed"
        assert time.monotonic() - started < 2


def test_an_alert_is_sent_once_by_each_channel_that_took_it(
    home: Home, servers: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = servers.enter_context(serving_mail(MailServer()))
    hook = Webhook(status=503)
    servers.enter_context(serving_webhook(hook))
    monkeypatch.setenv("BROADSHEET_WEBHOOK_URL", hook.url)
    settings = Alerts(email=to(mail), webhook=WebhookSettings())
    assert [told.state for told in send(ALERT, settings, home)] == ["sent", "failed"]
    hook.status = 200
    assert [told.state for told in send(ALERT, settings, home)] == ["repeated", "sent"]
    assert [told.state for told in send(ALERT, settings, home)] == ["repeated", "repeated"]
    assert (len(mail.mails), len(hook.posts)) == (1, 2)


def test_of_tasks_that_fail_at_once_one_tells_it(home: Home, servers: ExitStack) -> None:
    mail = servers.enter_context(serving_mail(MailServer()))
    settings = Alerts(email=to(mail))
    threads = [threading.Thread(target=send, args=(ALERT, settings, home)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mail.mails) == 1


def test_kinds_that_nobody_wants_are_not_sent(home: Home, servers: ExitStack) -> None:
    mail = servers.enter_context(serving_mail(MailServer()))
    assert send(ALERT, Alerts(email=to(mail), tell=("silent_source",)), home) == []
    assert send(ALERT, Alerts(), home) == []
    assert mail.mails == []


def test_it_is_sent_where_the_disk_takes_no_note_or_the_note_is_damaged(
    home: Home, servers: ExitStack
) -> None:
    mail = servers.enter_context(serving_mail(MailServer()))
    settings = Alerts(email=to(mail))
    (home.root / "alerts").write_text("a file where the folder belongs")
    assert one(send(ALERT, settings, home)).state == "sent"
    (home.root / "alerts").unlink()
    (home.root / "alerts").mkdir()
    (home.root / "alerts" / "2026-10-17.json").write_text('["half')
    assert one(send(ALERT, settings, home)).state == "sent"
    assert one(send(ALERT, settings, home)).state == "repeated"
    assert len(mail.mails) == 2
