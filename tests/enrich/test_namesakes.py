"""A curated name that is somebody else's gets no link to the curated entry."""

import pytest

from enrich.gazetteer import Name, NameHit
from enrich.namesakes import Surnames, is_part_of_another
from enrich.spans import Span


def hit(text: str, alias: str, entity_type: str, entity_id: str = "one") -> NameHit:
    start = text.index(alias)
    return NameHit(start, start + len(alias), Name(alias, entity_id, entity_type, ()))


def span(text: str, surface: str, entity_type: str) -> Span:
    start = text.index(surface)
    return Span("body", start, start + len(surface), entity_type)


@pytest.mark.parametrize(
    ("surface", "seen_as", "alias", "entity_type", "expected"),
    [
        ("Virginia Woolf", "PERSON", "Virginia", "PLACE", True),
        ("Italian Republican Party", "ORG", "Republican Party", "ORG", True),
        ("Conservative Party of Canada", "ORG", "Conservative Party", "ORG", True),
        ("Johns Hopkins Hospital", "ORG", "Johns Hopkins", "ORG", True),
        ("South Brisbane", "PLACE", "Brisbane", "PLACE", True),
        ("Ronna Romney", "PERSON", "Romney", "PERSON", True),
        ("President Romney", "PERSON", "Romney", "PERSON", False),
        ("Senator Mitt Romney", "PERSON", "Mitt Romney", "PERSON", False),
        ("Amazon Inc.", "ORG", "Amazon", "ORG", False),
        ("Denver, Colorado", "PLACE", "Denver", "PLACE", False),
        ("Denver", "PLACE", "Denver", "PLACE", False),
        ("former Republican Party", "ORG", "Republican Party", "ORG", False),
        ("Amazon Prime", "PRODUCT", "Amazon", "ORG", False),
    ],
)
def test_a_longer_name_of_the_model_around_it(
    surface: str, seen_as: str, alias: str, entity_type: str, expected: bool
) -> None:
    text = f"We saw {surface} there."
    one = hit(text, alias, entity_type)
    assert is_part_of_another(text, span(text, surface, seen_as), one, [one]) is expected


def test_two_curated_names_seen_as_one_are_two() -> None:
    text = "The Amazon-owned MGM Studios spoke."
    hits = [hit(text, "Amazon", "ORG"), hit(text, "MGM Studios", "ORG", "two")]
    seen = span(text, "Amazon-owned MGM Studios", "ORG")
    assert not any(is_part_of_another(text, seen, one, hits) for one in hits)


def test_a_surname_of_a_person_named_in_full_is_not_the_firm() -> None:
    text = "Gerald Ford spoke. Ford left."
    surnames = Surnames()
    surnames.read(text, [span(text, "Gerald Ford", "PERSON")], [])
    ford = hit(text, "Ford", "ORG", "ford-motor-company")
    assert surnames.have(ford)
    surnames.read("Ford Motor", [], [hit("Ford Motor", "Ford Motor", "ORG", "ford-motor-company")])
    assert not surnames.have(ford)


def test_a_full_name_and_a_name_of_nobody_are_no_surnames() -> None:
    surnames = Surnames()
    surnames.read("Gerald Ford", [span("Gerald Ford", "Gerald Ford", "ORG")], [])
    assert not surnames.have(hit("Ford", "Ford", "ORG"))
