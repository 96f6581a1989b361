"""What robots directives and TDM reservations say, by meta tag and by header."""

import pytest

from ingest.reservations import header_lines, reservations

type Meta = list[tuple[str, str]] | tuple[()]


def said(
    *robots: str, tdm: str | None = None, meta: Meta = (), agent: str = ""
) -> tuple[bool, bool]:
    lines = [("X-Robots-Tag", one) for one in robots]
    lines += [("TDM-Reservation", tdm)] if tdm is not None else []
    return reservations(meta, header_lines(lines), agent)


@pytest.mark.parametrize(
    ("lines", "forbids"),
    [
        (["noai"], True),
        (["noindex, NoImageAI"], True),
        (["noindex", "noai"], True),
        (["index, follow"], False),
        (["gptbot: noai"], True),  # told to an AI crawler, as in robots.txt
        (["otherbot: noai"], False),
        (["otherbot: noindex, noai"], False),  # a name governs what follows it
        (["otherbot: noindex", "noai"], True),  # but not the next line
        (["otherbot: noindex, broadsheet: noai"], True),
        (["unavailable_after: 25 Jun 2026 15:00:00 PST, noai"], True),
        (["unavailable_after: Thu, 25 Jun 2026 15:00:00 GMT"], False),
        (["max-snippet:-1, max-image-preview:large, noai"], True),
        ([": noai", "", ",,,"], True),
    ],
)
def test_robots_headers(lines: list[str], forbids: bool) -> None:
    assert said(*lines, agent="Broadsheet") == (forbids, False)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("robots", "noindex,noai", (True, False)),
        ("robots", "NoImageAI", (True, False)),
        ("gptbot", "noai", (True, False)),
        ("googlebot", "noai", (False, False)),
        ("x-robots-tag", "noai", (True, False)),
        ("tdm-reservation", "1", (False, True)),
        ("tdm-reservation", "0", (False, False)),
        ("description", "noai", (False, False)),
    ],
)
def test_meta_tags(name: str, content: str, expected: tuple[bool, bool]) -> None:
    assert said(meta=[("viewport", "width"), (name, content)]) == expected


def test_the_tdm_header_and_several_lines_of_it() -> None:
    assert said(tdm="1") == (False, True)
    assert said(tdm="0") == (False, False)
    lines = header_lines([("tdm-reservation", "0"), ("TDM-Reservation", " 1 "), ("A", "b")])
    assert lines == {"tdm-reservation": "0\n 1 ", "a": "b"}
    assert reservations([], lines) == (False, True)
