import pytest

from core.config import Entities
from enrich.gazetteer import Gazetteer, longest


@pytest.fixture
def gazetteer(entities: Entities) -> Gazetteer:
    return Gazetteer(entities)


def found(gazetteer: Gazetteer, text: str) -> list[tuple[str, str]]:
    return [
        (text[hit.start : hit.end], hit.name.entity_id) for hit in longest(gazetteer.find(text))
    ]


def test_the_longest_name_wins(gazetteer: Gazetteer) -> None:
    assert found(gazetteer, "Amazon MGM Studios") == [("Amazon MGM Studios", "amazon-mgm-studios")]


def test_a_hyphen_ends_a_name_and_a_letter_does_not(gazetteer: Gazetteer) -> None:
    assert found(gazetteer, "Amazon-owned MGM Studios; OpenAIs; openai") == [
        ("Amazon", "amazon"),
        ("MGM Studios", "amazon-mgm-studios"),
    ]


def test_offsets_after_emoji_right_to_left_and_marks(gazetteer: Gazetteer) -> None:
    assert found(gazetteer, "😀 שלום e\u0301 Café Noir’s OpenAI") == [
        ("Café Noir", "cafe-noir"),
        ("OpenAI", "openai"),
    ]


def test_an_ambiguous_name_needs_a_phrase_of_its_own_context(gazetteer: Gazetteer) -> None:
    oracle = longest(gazetteer.find("Oracle"))[0].name
    openai = longest(gazetteer.find("OpenAI"))[0].name
    assert oracle.context
    assert not openai.context
    assert gazetteer.context_check("", "It sells Databases.")(oracle)
    assert not gazetteer.context_check("The retailer", "It sells books.")(oracle)
