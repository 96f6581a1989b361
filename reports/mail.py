"""`brief.eml`: the brief as a message that a mail program opens as a draft, ready to send on.

multipart/alternative: the text, and HTML with its chart as a PNG beside it, for mail programs drop
SVG. A function of the facts: its date is the publication's, its id that of edition and publication.
"""

import struct
from dataclasses import dataclass
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from reports.charts import png, themes_chart
from reports.facts import Facts
from reports.filters import environment
from reports.outline import Outline, plain
from reports.plain_text import plain_text
from reports.sentences import three_sentences

SCALE = 2  # for the dense screens of phones
_NOWHERE = "broadsheet.invalid"  # a domain that nobody can have (RFC 2606)
_QUOTED = "quoted-printable"  # no line of a message may be longer than 998 octets


@dataclass(frozen=True)
class Picture:
    """A PNG with the size in which it is shown, in pixels of the page, and words for it."""

    content: bytes
    cid: str
    width: int
    height: int
    alt: str


def message(facts: Facts, outline: Outline) -> EmailMessage:
    """The draft; it names no recipient, and its sender is whoever sends it on."""
    chart = _chart(facts)
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject(facts)
    mail["From"] = f"Broadsheet <brief@{_NOWHERE}>"
    mail["Date"] = format_datetime(facts.publication["published_at"].replace(tzinfo=UTC))
    mail["Message-ID"] = f"<{_name(facts)}@{_NOWHERE}>"
    mail["X-Unsent"] = "1"  # Outlook and others open it for editing
    mail.set_content(plain_text(outline), cte=_QUOTED)
    mail.add_alternative(page(outline, chart), subtype="html", cte=_QUOTED)
    if chart:
        _, html = mail.iter_parts()
        assert isinstance(html, EmailMessage)
        html.add_related(
            chart.content, "image", "png", cid=f"<{chart.cid}>", disposition="inline",
            filename="moved.png",
        )  # fmt: skip
    _mark_boundaries(mail, _name(facts))
    return mail


def subject(facts: Facts) -> str:
    """The edition, and the first sentence with its number and what is usual."""
    return plain(f"Broadsheet {facts.edition}: {three_sentences(facts)[0].text}")


def page(outline: Outline, chart: Picture | None) -> str:
    """The HTML of the message: inline styles, no script, nothing that is fetched."""
    template = environment().get_template("mail.html.j2")
    return template.render(outline=outline, chart=chart)


def _chart(facts: Facts) -> Picture | None:
    drawn = themes_chart(facts.themes)
    if drawn is None:
        return None
    content = png(drawn, SCALE)
    width, height = struct.unpack(">II", content[16:24])  # of the IHDR chunk, always the first
    return Picture(
        content,
        cid=f"moved.{_name(facts)}@{_NOWHERE}",
        width=width // SCALE,
        height=height // SCALE,
        alt=f"Stories of {facts.day.day} {facts.day:%B} by theme, a dot each on its usual band; "
        "the numbers stand below.",
    )


def _name(facts: Facts) -> str:
    return f"{facts.edition}.{facts.publication['publication_id']}"


def _mark_boundaries(mail: EmailMessage, name: str) -> None:
    """Name the boundaries after the message, which would be random: equal facts, equal bytes."""
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{name}.{number}")
