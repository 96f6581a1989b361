"""The words of an alert in every form, and that no text in it becomes markup or a header."""

from datetime import date
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from core.alerts import Email
from reports.alert_sending import message
from reports.alerts import LONGEST, MOST_FAILURES, Alert, Failure, html, plain_text, slack

REFUSED = Failure(
    "landed",
    "edition.silent_source_share",
    "0.5 (at most 0.49)",
    "With so many silent outlets every count of the day is too low.",
)
GATE = Alert(
    kind="failed_gate",
    edition=date(2026, 10, 17),
    what="the gate refused the landed batch (edition.silent_source_share)",
    served="p000012 of 2026-10-16 is still served to readers.",
    todo="read the log, then clear the task.",
    scope="run-1",
    failures=(REFUSED,),
    silent=("Reel Trade", "Werkbank"),
    link="https://airflow.example.org/dags/daily_news/runs/run-1/tasks/collect.check_landing",
    runbook="docs/runbooks/check_landing.md",
)
TO = Email(host="localhost", sender="broadsheet@example.org", to=["desk@example.org"])


def words(page: str) -> str:
    return " ".join(parser.document_fromstring(page).text_content().split())


@pytest.mark.parametrize(
    "body",
    [plain_text(GATE), words(html(GATE)), slack(GATE)["text"]],
    ids=["text", "html", "slack"],
)
def test_every_form_tells_what_why_and_what_is_served(body: str) -> None:
    for told in (
        "Broadsheet 2026-10-17: the gate refused the landed batch",
        "landed/edition.silent_source_share",
        REFUSED.sentence,
        "0.5 (at most 0.49)",
        "Silent in this edition (2): Reel Trade, Werkbank.",
        "p000012 of 2026-10-16 is still served",
        "read the log, then clear the task.",
        "docs/runbooks/check_landing.md",
    ):
        assert told in body


def test_the_link_leads_to_the_task() -> None:
    assert GATE.link is not None
    assert GATE.link in plain_text(GATE)
    assert GATE.link in parser.document_fromstring(html(GATE)).xpath("//a/@href")
    assert f"<{GATE.link}|" in slack(GATE)["text"]


def test_a_mail_has_both_bodies_and_the_headers_of_a_machine() -> None:
    mail = message(GATE, TO)
    assert mail["Subject"] == GATE.subject
    assert mail["To"] == "desk@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@example.org>")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


texts = st.text(st.characters(exclude_categories=[]), max_size=80)  # lone surrogates as well


@given(texts, texts, texts)
def test_no_text_becomes_markup_a_mention_or_a_header(what: str, found: str, name: str) -> None:
    hostile = '<script src="http://x/"></script>&<!channel>\r\nBcc: all@example.org '
    failure = Failure("landed", name, hostile + found, found)
    alert = Alert(
        kind="failed_task", edition=None, what=hostile + what, served="", todo="",
        reason=hostile + found, failures=(failure,), silent=(hostile + name,),
    )  # fmt: skip
    page = parser.document_fromstring(html(alert))
    assert page.xpath("//script | //img | //link | //a") == []
    assert "<" not in slack(alert)["text"]
    mail: EmailMessage = message(alert, TO)
    head = mail.as_bytes(policy=SMTP).partition(b"\r\n\r\n")[0]
    assert b"\r\nBcc:" not in head
    assert mail["Bcc"] is None


def test_a_flood_of_failures_stays_a_message() -> None:
    many = tuple(
        Failure("marts", f"check_{n}", "x" * 9_000, "y" * 9_000) for n in range(MOST_FAILURES + 5)
    )
    flood = Alert(
        kind="failed_gate", edition=None, what="w", served="", todo="", failures=many,
        silent=tuple(f"Outlet {n}" for n in range(900)),
    )  # fmt: skip
    told = slack(flood)["text"]
    assert "and 5 more failed expectations" in told
    assert "(900)" in told
    assert "and 860 more" in told
    assert len(told) < 4 * MOST_FAILURES * LONGEST


def test_only_the_same_alert_has_the_same_key() -> None:
    def key(**changed: object) -> str:
        return Alert(**{**GATE.__dict__, **changed}).key

    assert key(link=None, served="") == GATE.key
    others = [
        key(scope="run-2"),
        key(kind="failed_task"),
        key(about="dbt"),
        key(failures=()),
        key(silent=("Werkbank",)),
    ]
    assert len({GATE.key, *others}) == len(others) + 1
