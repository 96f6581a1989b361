from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import Entities
from core.identity import clean_text, local_entity_id
from enrich.document import Document
from enrich.gazetteer import Gazetteer
from enrich.links import NAME_IN_CONTEXT, NAME_SEEN, NEW_NAME, SHORT_FORM
from enrich.mentions import Mention, find_mentions
from enrich.spans import Span, trimmed


@pytest.fixture
def gazetteer(entities: Entities) -> Gazetteer:
    return Gazetteer(entities)


def document(text: str, title: str = "") -> Document:
    return Document("v", "en", title, text)


def span(text: str, surface: str, entity_type: str) -> Span:
    start = text.index(surface)
    return Span("body", start, start + len(surface), entity_type)


def linked(text: str, mentions: list[Mention]) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.entity_id) for one in mentions]


def test_owner_and_owned_are_two_mentions(gazetteer: Gazetteer) -> None:
    text = "The Amazon-owned MGM Studios spoke."
    found = find_mentions(document(text), gazetteer, [span(text, "The Amazon", "ORG")])
    assert linked(text, found) == [("Amazon", "amazon"), ("MGM Studios", "amazon-mgm-studios")]
    assert found[0].link is NAME_SEEN


def test_owner_and_owned_seen_as_one_name_are_two_mentions(gazetteer: Gazetteer) -> None:
    text = "Amazon-owned MGM Studios spoke."
    found = find_mentions(document(text), gazetteer, [span(text, text[:24], "ORG")])
    assert linked(text, found)[-1] == ("MGM Studios", "amazon-mgm-studios")
    assert not any(one.start == 0 and one.end > len("Amazon") for one in found)


def test_a_surname_of_somebody_else_goes_to_that_person(gazetteer: Gazetteer) -> None:
    text = "Lea Oracle spoke of databases. Oracle left."
    found = find_mentions(document(text), gazetteer, [span(text, "Lea Oracle", "PERSON")])
    assert {one.entity_id for one in found} == {local_entity_id("PERSON", "Lea Oracle")}


def test_an_ambiguous_name_without_agreement_is_left_alone(gazetteer: Gazetteer) -> None:
    assert find_mentions(document("The Amazon floods."), gazetteer, []) == []
    found = find_mentions(document("Amazon grows.", "A retailer"), gazetteer, [])
    assert [one.link for one in found] == [NAME_IN_CONTEXT]


def test_a_place_seen_where_a_firm_is_meant_is_no_agreement(gazetteer: Gazetteer) -> None:
    text = "Boats on Amazon sink."
    found = find_mentions(document(text), gazetteer, [span(text, "Amazon", "PLACE")])
    assert linked(text, found) == [("Amazon", local_entity_id("PLACE", "Amazon"))]


def test_the_curated_type_beats_the_model(gazetteer: Gazetteer) -> None:
    text = "OpenAI spoke."
    found = find_mentions(document(text), gazetteer, [span(text, "OpenAI", "PERSON")])
    assert [(one.entity_id, one.entity_type) for one in found] == [("openai", "ORG")]


def test_a_person_named_like_a_place_is_the_person(gazetteer: Gazetteer) -> None:
    text = "Virginia Woolf wrote in Virginia."
    found = find_mentions(document(text), gazetteer, [span(text, "Virginia Woolf", "PERSON")])
    assert [one.entity_type for one in found] == ["PERSON", "PLACE"]


def test_a_surname_after_the_full_name_is_that_person(gazetteer: Gazetteer) -> None:
    text = "Sam Altman spoke. Altman left. Mr. Altman's car."
    found = find_mentions(document(text), gazetteer, [span(text, "Altman left", "ORG")])
    assert [one.entity_id for one in found if one.start < 18] == ["sam-altman"]
    text = "Sam Altman spoke. Altman left. Mr. Altman's car."
    found = find_mentions(document(text), gazetteer, [])
    assert {one.entity_id for one in found} == {"sam-altman"}
    assert [one.link for one in found[1:]] == [SHORT_FORM, SHORT_FORM]


def test_a_surname_of_two_people_is_nobodys_short_form(gazetteer: Gazetteer) -> None:
    text = "Sam Altman met Jack Altman. Altman left."
    found = find_mentions(document(text), gazetteer, [span(text, "Jack Altman", "PERSON")])
    assert len(found) == 2


def test_an_acronym_in_brackets_stands_for_the_long_name(gazetteer: Gazetteer) -> None:
    text = "The Writers Guild of America (WGA) spoke. WGA left."
    guild = span(text, "Writers Guild of America", "ORG")
    found = find_mentions(document(text), gazetteer, [guild])
    assert linked(text, found)[1:] == [
        ("WGA", local_entity_id("ORG", "Writers Guild of America")),
        ("WGA", local_entity_id("ORG", "Writers Guild of America")),
    ]


def test_what_crosses_a_sentence_is_no_mention(gazetteer: Gazetteer) -> None:
    text = "He met Smith. Berlin waits."
    assert find_mentions(document(text), gazetteer, [span(text, "Smith. Berlin", "PERSON")]) == []


@pytest.mark.parametrize(
    ("surface", "left"),
    [
        ("the New York Times", "New York Times"),
        ("“The Guardian", "Guardian"),
        ("Amazon’s", "Amazon"),
        ("James'", "James"),
        ("Guild (SAG)", "Guild (SAG)"),
        ("Acme Inc.", "Acme Inc."),
        ("A24", "A24"),
    ],
)
def test_articles_possessives_and_marks_are_trimmed(surface: str, left: str) -> None:
    found = trimmed(surface, Span("body", 0, len(surface), "ORG"))
    assert found is not None
    assert surface[found.start : found.end] == left


@pytest.mark.parametrize("surface", ["the ", "2026", "“”", "’", "x" * 200, "Rome\nParis"])
def test_what_is_no_name_is_dropped(surface: str) -> None:
    assert trimmed(surface, Span("body", 0, len(surface), "ORG")) is None


NAMES = ["OpenAI", "Café Noir", "Sam Altman", "Altman", "Meta", "Facebook’s", "MGM Studios"]
PIECES = st.sampled_from(
    [*NAMES, " ", ". ", "\n", "\u0301", "e\u0301", "😀", "👩‍🚀", "שלום", "ﷺ", "“", "İ"]
)


@given(pieces=st.lists(PIECES, max_size=40), ends=st.lists(st.integers(0, 200), max_size=12))
def test_every_mention_lies_exactly_in_its_sentence(
    pieces: list[str], ends: list[int], small_gazetteer: Gazetteer
) -> None:
    text = clean_text("".join(pieces))
    doc = document(text, "Meta and OpenAI 😀")
    places = sorted(min(one, len(text)) for one in ends)
    spans = [
        Span("body", start, end, "PERSON")
        for start, end in zip(places[::2], places[1::2], strict=False)
        if start < end
    ]
    found = find_mentions(doc, small_gazetteer, spans)
    for one in found:
        sentence = next(each for each in doc.sentences if each.number == one.sentence_no)
        assert sentence.section == one.section
        assert sentence.start <= one.start < one.end <= sentence.end
    body = [one for one in found if one.section == "body"]
    assert all(one.end <= other.start for one, other in pairwise(body))


@pytest.fixture(scope="session")
def small_gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    from tests.enrich.newsroom import small_entities

    return Gazetteer(small_entities(tmp_path_factory.mktemp("gazetteer")))


def test_new_names_get_local_ids_that_know_their_type(gazetteer: Gazetteer) -> None:
    text = "Berlin spoke."
    found = find_mentions(document(text), gazetteer, [span(text, "Berlin", "PLACE")])
    assert found[0].link is NEW_NAME
    assert found[0].entity_id.startswith("local:PLACE:")


def test_a_new_name_has_the_type_that_the_model_sees_most(gazetteer: Gazetteer) -> None:
    text = "WeWork grew. WeWork fell. WeWork left."
    spans = [
        Span("body", start, start + 6, kind)
        for start, kind in ((0, "PERSON"), (13, "ORG"), (26, "ORG"))
    ]
    found = find_mentions(document(text), gazetteer, spans)
    assert {one.entity_id for one in found} == {local_entity_id("ORG", "WeWork")}


def test_a_place_within_the_name_of_a_club_is_not_linked(gazetteer: Gazetteer) -> None:
    place = next(one for one in gazetteer.names if one.entity_type == "PLACE" and not one.context)
    text = f"Fans of the {place.alias} Falcons sang in {place.alias} today."
    found = find_mentions(document(text), gazetteer, [])
    assert [(one.start, one.entity_id) for one in found] == [
        (text.rindex(place.alias), place.entity_id)
    ]
