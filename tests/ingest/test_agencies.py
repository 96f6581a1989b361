"""How a text says that it is an agency's, and what only looks like it."""

import pytest

from ingest.agencies import is_own_site, is_release_wire, sign

BODY = "The council met on Monday to hear how the hall would be paid for. " * 12


@pytest.mark.parametrize(
    "name",
    [
        "Reuters", "Dpa", "AFP", "The Associated Press", "Ap Auto Writer", "Tom Krisher, AP",
        "JILL LAWLESS Associated Press", "Detroit News wire services", "fab/dpa", "PTI",
        "Agence France-Presse", "新华社",
    ],
)  # fmt: skip
def test_bylines_of_agencies(name: str) -> None:
    assert sign("", BODY, [("byline", name)]) == "byline"


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace",
        "Michael Bloomberg",
        "Ann Apple",
        "Apa Sherpa",
        "Jo Reuter",
        "Editor",
        "",
        "MS",
    ],
)
def test_bylines_of_people(name: str) -> None:
    assert sign("", BODY, [("byline", name)]) is None


@pytest.mark.parametrize(
    "opening",
    [
        "LONDON (Reuters) - ", "HAYWARD, Calif. (AP) — ", "(AFP) - ", "Berlin (dpa/lno) - ",
        "Wiesbaden (KNA/iz). ", "MOSCOW, February 6. /TASS/. ", "BEIJING, Jan. 20 (Xinhua) -- ",
        "Madrid, 3 feb (EFE).- ", "A standfirst.\nPARIS (AFP) – ", "(ANSA) - ROMA, 3 FEB - ",
        "МОСКВА, 3 фев — РИА Новости. ", "By TOM KRISHER, AP Auto Writer\n",
    ],
)  # fmt: skip
def test_datelines(opening: str) -> None:
    assert sign("", opening + BODY, []) == "dateline"


@pytest.mark.parametrize(
    "ending",
    [
        "\n(Reporting by Ann Other; Editing by Jo Doe)", "\n© Reuters", "\nSource: AFP",
        " ss/rc (AFP, dpa)", "\nSOURCE: News agencies", " into the US. PTI\nComments\n comments",
        "\nCopyright 2026 The Associated Press. All rights reserved.", "\ndpa",
        "\n(This story is published from a syndicated feed.)",
    ],
)  # fmt: skip
def test_credits(ending: str) -> None:
    assert sign("", BODY + ending, []) == "credit"


@pytest.mark.parametrize(
    "text",
    [
        "A soldier stands guard (Reuters/File)\n" + BODY,
        BODY + "Ministers told Reuters on Monday, and the AP later.",
        BODY + "\n(FR mit dpa)",
        BODY + "\nRubriklistenbild: © KCNA/dpa",
        BODY + "\nFoto: Ann Other (dpa)",
        BODY + "\nWith Post wires",
        BODY + "\nThe Associated Press contributed to this report.",
        BODY + "\nSOURCE: Al Jazeera News",
    ],
)
def test_what_only_mentions_an_agency(text: str) -> None:
    assert sign("https://a.test/news/x", text, []) is None


def test_release_wires_and_own_sites() -> None:
    assert is_release_wire("LONDON, Oct. 1 /PRNewswire/ -- Acme")
    assert is_release_wire("NEW YORK--(BUSINESS WIRE)--Acme")
    assert not is_release_wire("The business wire was cut.")
    assert is_own_site("https://www.reuters.com/world/x")
    assert not is_own_site("https://hosted.ap.org/x/reuters.com")
    assert not is_own_site("https://notreuters.com/x")
