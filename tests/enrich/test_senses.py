"""A place that is not the place gets no link to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.senses import _SPORT, is_part_of_longer_name, is_person, is_team, words_of_sport


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("He left the Chicago Bears in May.", "Chicago", True),
        ("Farms in Central California are dry.", "California", True),
        ("The US Open begins.", "US", True),
        ("She met US President Joe Biden.", "US", False),
        ("He spoke in London Monday.", "London", False),
        ("He lives in Chicago. Bears live elsewhere.", "Chicago", False),
        ("He lives in Chicago, Illinois.", "Chicago", False),
        ("Why China Bans Nvidia Chips Again", "China", False),
        ("Talks in Paris go on.", "Paris", False),
    ],
)
def test_part_of_a_longer_name(text: str, place: str, expected: bool) -> None:
    start = text.index(place)
    found = is_part_of_longer_name(text, start, start + len(place), frozenset[int]().__contains__)
    assert found is expected


def test_a_name_that_begins_behind_a_place_is_another() -> None:
    text = "A visit to London Sadiq Khan praised."
    start = text.index("London")
    assert is_part_of_longer_name(text, start, start + 6, frozenset[int]().__contains__)
    begins = frozenset({text.index("Sadiq")}).__contains__
    assert not is_part_of_longer_name(text, start, start + 6, begins)


def test_words_of_sport_are_counted_once_each() -> None:
    assert words_of_sport("The coach", "a coach of football and of Football.") == 2
    assert words_of_sport("The match of our lives", "") == 1
    assert words_of_sport("The law on data centres", "") == 0


@pytest.mark.parametrize(
    ("text", "sport", "expected"),
    [
        ("Alabama won again.", 3, True),
        ("He lives in Alabama.", 3, False),
        ("Alabama won again.", 2, False),
        ("He played against England.", 1, True),
        ("The case against England.", 0, False),
        ("Two strikers playing in England.", 1, True),
        ("The band is playing in England.", 0, False),
    ],
)
def test_a_place_that_stands_for_its_team(text: str, sport: int, expected: bool) -> None:
    start = max(text.find("Alabama"), text.find("England"))
    assert is_team(text, start, sport) is expected


@pytest.mark.parametrize(
    ("text", "place", "persons", "expected"),
    [
        ("acts like Davis, Chicago, and Mitchell sang", "Chicago", ["Davis", "Mitchell"], True),
        ("Paris and Kim are rich", "Paris", ["Kim"], True),
        ("Kim and Paris are rich", "Paris", ["Kim"], True),
        ("Paris and Kim Jones are rich", "Paris", ["Kim Jones"], False),
        ("China and Trump agree", "China", ["Trump"], False),
        ("In Chicago, Mitchell sang", "Chicago", ["Mitchell"], False),
        ("Paris and Rome are cities", "Paris", [], False),
    ],
)
def test_a_place_that_stands_where_a_person_would(
    text: str, place: str, persons: list[str], expected: bool
) -> None:
    ends: dict[int, int] = {}
    for person in persons:
        first = text.index(person)
        ends |= {first: first + len(person), first + len(person): first}
    start = text.index(place)
    assert is_person(text, start, start + len(place), ends) is expected


WORDS = st.sampled_from(
    ["head coach", "coaches", "play-off", "playoffs", "World", "Cup", "team", "steam", "goals",
     "match", "rematch", "NFL", "hat-trick", "hattrick", " ", " ", "-", "s", "Premier League", "\n"]
)  # fmt: skip


@given(st.lists(WORDS).map("".join))
def test_words_of_sport_are_all_that_the_expression_finds(text: str) -> None:
    assert words_of_sport(text) == len({word.lower() for word in _SPORT.findall(text)})
