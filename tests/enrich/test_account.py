"""An account says what enrichment finds, what the scores are made of, and what was near."""

from pathlib import Path

import pytest

from core.accuracy import fingerprint
from core.config import load_themes
from core.explanation import NEARLY
from core.taxonomy import Accuracy, Theme, Themes
from enrich.account import TaxonomyReader, explain_document
from enrich.cache import Cache
from enrich.components import Enricher
from enrich.document import Document
from tests.enrich.newsroom import small_entities, small_themes

TEXT = (
    "Sam Altman 😀 answered. A chatbot of OpenAI used her likeness.\n\n"
    "Workers of MGM Studios went on strike. A digital replica and voice cloning followed."
)
NEAR = """
taxonomy_version: "near"
scoring: {similarity: 4, focus: 1}
themes:
  - id: farming
    name: Farming
    description: Farmers, their crops, harvests, cattle, soil and tractors.
    threshold: 3.0
    rules:
      - {id: farm, phrases: [tractor]}
  - id: music
    name: Music
    description: Songs, singers, bands, concerts, albums and orchestras.
    threshold: 2.0
"""


@pytest.fixture
def themes(tmp_path: Path) -> Themes:
    return small_themes(tmp_path)


def written(folder: Path, text: str) -> Themes:
    path = folder / "near.yml"
    path.write_text(text)
    return load_themes(path)


def test_it_tells_the_facts_that_enrichment_lands(tmp_path: Path, themes: Themes) -> None:
    document = Document("a", "en", "A strike by chatbot", TEXT)
    entities = small_entities(tmp_path)
    enricher = Enricher(entities, themes, Cache(None))
    told = explain_document(document, entities, themes)
    assert told.analysis_level == "full"
    facts = {
        (one.theme_id, e.rule_id, e.section, e.start, e.end, e.sentence_no, e.weight, one.score)
        for one in told.themes
        for e in one.evidence
    }
    landed = enricher.themes([document])
    names = (
        "theme_id", "rule_id", "section", "char_start", "char_end", "sentence_no", "weight",
        "score",
    )  # fmt: skip
    assert facts == set(landed.select(names).iter_rows())
    assert {one.theme_id for one in told.themes if one.is_primary} == set(
        landed.filter("is_primary")["theme_id"]
    )
    mentions = enricher.mentions([document]).select("section", "char_start", "entity_id")
    assert {(m.section, m.start, m.entity_id) for m in told.mentions} == set(mentions.iter_rows())


def test_every_place_holds_its_words_and_its_sentence(tmp_path: Path, themes: Themes) -> None:
    document = Document("a", "en", "A strike by chatbot", TEXT)
    told = explain_document(document, small_entities(tmp_path), themes)
    for one in told.mentions:
        assert told.section(one.section)[one.start : one.end] == one.surface
    for theme in told.themes:
        for row in theme.evidence:
            assert told.section(row.section)[row.start : row.end] == row.surface
            assert row.surface in row.sentence


def test_the_parts_add_up_to_the_score(tmp_path: Path, themes: Themes) -> None:
    for taxonomy in (themes, written(tmp_path, NEAR)):
        text = f"{TEXT} The farmer drove a tractor over the harvest, past cattle and crops."
        accounts = TaxonomyReader(taxonomy).read("Farm", text, "en")
        assert accounts
        for one in accounts:
            assert one.parts is not None
            total = sum(one.parts.rules.values()) + one.parts.focus + one.parts.similarity
            assert one.score == pytest.approx(total, abs=1e-5)


def test_what_is_reached_comes_first_and_what_is_near_is_half_way(themes: Themes) -> None:
    accounts = TaxonomyReader(themes).read("", TEXT, "en")
    assert [one.is_reached for one in accounts] == [True, False]
    reached, near = accounts
    assert (reached.theme_id, reached.is_primary) == ("likeness", True)
    assert (near.theme_id, near.score, near.threshold) == ("labour", 1.0, 1.5)
    assert [one.surface for one in near.evidence] == ["went on strike"]
    assert near.threshold is not None
    assert NEARLY * near.threshold <= near.score < near.threshold


def test_where_only_nearness_speaks_the_nearest_sentence_is_told(tmp_path: Path) -> None:
    reader = TaxonomyReader(written(tmp_path, NEAR.replace("threshold: 2.0", "threshold: 4.0")))
    near = "The band sang its songs at a concert with an orchestra."
    accounts = reader.read("", f"It rained on Tuesday. {near}", "en")
    (music,) = [one for one in accounts if one.theme_id == "music"]
    assert not music.is_reached
    assert [(one.rule_id, one.sentence) for one in music.evidence] == [("music/similarity", near)]
    assert music.parts is not None
    assert music.parts.rules == {}
    assert music.parts.similarity == music.evidence[0].weight


def test_a_theme_carries_how_right_it_was_while_its_rules_stand(themes: Themes) -> None:
    likeness = themes.themes[1]
    accuracy = Accuracy(
        precision=0.9, recall=0.8, positives=12, articles=40, rules=fingerprint(themes, likeness)
    )
    known = likeness.model_copy(update={"accuracy": accuracy})
    stale = likeness.model_copy(update={"accuracy": accuracy, "threshold": 0.9})

    def told(theme: Theme) -> tuple[float | None, int | None]:
        changed = themes.model_copy(update={"themes": [themes.themes[0], theme]})
        (one,) = TaxonomyReader(changed).read("", "A digital replica.", "en")
        return one.precision, one.positives

    assert told(known) == (0.9, 12)
    assert told(stale) == (None, None)


def test_a_headline_without_text_is_not_read(tmp_path: Path, themes: Themes) -> None:
    document = Document("a", "en", "Digital replica of OpenAI", "")
    told = explain_document(document, small_entities(tmp_path), themes)
    assert (told.analysis_level, told.mentions, told.themes, told.nearly) == ("none", (), (), ())


def test_a_language_without_a_model_is_marked(tmp_path: Path, themes: Themes) -> None:
    document = Document("a", "de", "", "OpenAI und Sam Altman.")
    told = explain_document(document, small_entities(tmp_path), themes)
    assert told.analysis_level == "gazetteer_only"
    assert [one.entity_id for one in told.mentions] == ["openai", "sam-altman"]
