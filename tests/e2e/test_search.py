"""`broadsheet search` on the sample newsroom's publication."""

import json
from datetime import date

import duckdb
import pytest

from cli.quotations import around
from cli.search import Narrowed, SearchError, pattern_of, search
from core.home import Home
from tests.e2e.conftest import Line

pytestmark = pytest.mark.xdist_group("line")
type Capture = pytest.CaptureFixture[str]


def found(capsys: Capture, phrase: str, home: Home, **narrowed: object) -> list[dict[str, str]]:
    status = search(phrase, Narrowed(**narrowed), output="jsonl", home=home)  # type: ignore[arg-type]
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert status == (0 if rows else 1)
    return rows


def test_a_phrase_is_found_whatever_its_case(line: Line, capsys: Capture) -> None:
    rows = found(capsys, "Creative  CONTROL", line.home)
    assert len(rows) >= 5
    assert all("creative control" in row["sentence"].lower() for row in rows)
    assert [row["day"] for row in rows] == sorted((row["day"] for row in rows), reverse=True)


def test_a_plain_apostrophe_finds_a_printed_one(line: Line, capsys: Capture) -> None:
    rows = found(capsys, "actor's", line.home)
    assert rows
    assert all("actor’s" in row["sentence"] for row in rows)


def test_words_are_whole_unless_a_star_says_so(line: Line, capsys: Capture) -> None:
    assert found(capsys, "creativ", line.home) == []
    assert len(found(capsys, "creativ*", line.home)) >= len(found(capsys, "creative", line.home))


@pytest.mark.parametrize(
    ("phrase", "sentence", "is_there"),
    [
        ("fran*", "Le cinéma français proteste.", True),
        ("k*", "Die Künstler streiken.", True),
        ("künst*", "Die Künstler streiken.", True),
        ("ст*", "Забастовка: стачка.", True),
        ("fran* prot*", "Le français proteste.", True),
        ("fran", "Le cinéma français proteste.", False),
        ("cafe", "Le cafe\u0301 ferme.", False),
        ("cafe*", "Le cafe\u0301 ferme.", True),
        ("क*", "किताब", True),
        ("कि", "किताब", False),
    ],
)
def test_a_star_stands_for_letters_of_all_languages(
    phrase: str, sentence: str, *, is_there: bool
) -> None:
    (found,) = duckdb.execute(
        "select regexp_matches($1, $2, 'i')", [sentence, pattern_of(phrase)]
    ).fetchone() or (None,)
    assert found == is_there


def test_signs_of_expressions_are_only_signs(line: Line, capsys: Capture) -> None:
    assert found(capsys, "creative.control", line.home) == []
    assert found(capsys, "(creative", line.home) == []


def test_a_search_is_narrowed(line: Line, capsys: Capture) -> None:
    everywhere = found(capsys, "creative control", line.home)
    here = found(capsys, "creative control", line.home, outlet="taktwerk")
    assert 0 < len(here) < len(everywhere)
    assert {row["outlet"] for row in here} == {"Taktwerk"}
    above = found(capsys, "creative control", line.home, theme="authorship")
    assert len(above) >= len(found(capsys, "creative control", line.home, theme="creative-control"))
    owner = found(capsys, "creative control", line.home, entity="amazon")
    assert owner
    assert found(capsys, "creative control", line.home, until=date(2026, 1, 1)) == []


@pytest.mark.parametrize("kind", ["outlet", "theme", "entity"])
def test_an_unknown_id_is_told(line: Line, kind: str) -> None:
    with pytest.raises(SearchError, match=r"there is no \w+ 'nobody'; broadsheet sql"):
        search("control", Narrowed(**{kind: "nobody"}), home=line.home)  # type: ignore[arg-type]


def test_nothing_to_search_for_is_told(line: Line) -> None:
    with pytest.raises(SearchError, match="no letter or digit"):
        search(" * ", home=line.home)


def test_the_words_around_the_phrase_are_shown() -> None:
    sentence = " ".join(f"w{number}" for number in range(90))
    assert around("one two") == "one two"
    for place in (0, sentence.index("w20"), sentence.index("w60"), sentence.index("w89")):
        shown = around(sentence, place)
        assert sentence[place:].split()[0] in shown.split()
        assert len(shown.replace("…", "").split()) == 40
        assert shown.startswith("… ") == (place > 50)
        assert shown.endswith(" …") == (place < len(sentence) - 3)
