import pytest

from core.taxonomy import Themes
from enrich.document import Document
from enrich.themes import Taxonomy, ThemeScore


def themes_of(themes: Themes, text: str, title: str = "") -> dict[str, ThemeScore]:
    found = Taxonomy(themes).classify(Document("v", "en", title, text))
    return {one.theme_id: one for one in found}


def test_each_rule_hit_brings_its_sentence(themes: Themes) -> None:
    text = "It rained. A Digital Replica sang. Voice cloning is cheap."
    likeness = themes_of(themes, text)["likeness"]
    assert [(one.sentence_no, text[one.start : one.end]) for one in likeness.evidence] == [
        (2, "Digital Replica"),
        (3, "Voice cloning"),
    ]
    assert likeness.evidence[0].rule_id == "likeness/replica"


@pytest.mark.parametrize(
    ("title", "text", "score"),
    [
        ("", "A digital replica.", 1.0),
        ("A digital replica", "It rained.", 1.5),
        ("A digital replica", "A digital replica.", 1.75),
        ("", "A digital replica. " * 2, 1.25),
        ("", "A digital replica. " * 9, 1.5),
        ("", "A digital replica. Her likeness by AI.", 1.5),
        ("", "A digital replica, a voice clone.", 1.0),
    ],
)
def test_score(themes: Themes, title: str, text: str, score: float) -> None:
    assert themes_of(themes, text, title)["likeness"].score == pytest.approx(score)


def test_below_the_threshold_there_is_no_theme(themes: Themes) -> None:
    assert themes_of(themes, "Her likeness by AI.") == {}
    assert themes_of(themes, "They went on strike. AI came.") == {}
    assert "labour" in themes_of(themes, "AI came.", "They went on strike")


def test_contexts_are_required_and_vetoed_in_the_sentence(themes: Themes) -> None:
    twice = "Her likeness by a chatbot. " * 3
    assert "likeness" in themes_of(themes, twice)
    assert themes_of(themes, "Her likeness. A chatbot. " * 3) == {}
    assert themes_of(themes, "Her likeness by a chatbot of a goalkeeper. " * 3) == {}


def test_a_context_in_the_article_serves_a_rule_of_that_scope(themes: Themes) -> None:
    assert "labour" in themes_of(themes, "They went on strike. It rained. " * 3 + "AI.")
    assert themes_of(themes, "They went on strike. It rained. " * 3) == {}


@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        ("AI at the gates", "It rained. " * 5 + "They went on strike.", True),
        ("", "It rained. AI came. " + "It rained. " * 5 + "They went on strike.", True),
        ("", "It rained. " * 5 + "AI came and they went on strike.", True),
        ("", "It rained. " * 3 + "AI came. They went on strike.", False),
        ("Football and AI", "It rained. " * 5 + "They went on strike.", False),
        ("AI at the gates", "It rained. " * 5 + "They went on strike. Then football.", True),
    ],
)
def test_a_context_in_the_lead_serves_a_rule_of_that_scope(
    themes: Themes, title: str, text: str, found: bool
) -> None:
    labour = next(one for one in themes.themes if one.id == "labour")
    rule = labour.rules[0].model_copy(update={"scope": "lead", "excludes": ["sport"]})
    of_lead = labour.model_copy(update={"threshold": 1.0, "rules": [rule]})
    changed = themes.model_copy(update={"themes": [of_lead]})
    assert bool(themes_of(changed, text, title)) == found


def test_exactly_one_theme_is_primary(themes: Themes) -> None:
    found = themes_of(themes, "AI came. A digital replica.", "They went on strike")
    assert {one.theme_id: one.is_primary for one in found.values()} == {
        "labour": True,
        "likeness": False,
    }
    assert [one.theme_id for one in found.values() if one.is_primary] == ["labour"]


def test_the_longest_hit_of_a_rule_speaks_for_its_sentence(tmp_path: object) -> None:
    themes = Themes.model_validate(
        {
            "taxonomy_version": "t",
            "themes": [
                {
                    "id": "a",
                    "name": "A",
                    "description": "A theme with two phrases.",
                    "rules": [{"id": "r", "phrases": ["strike", "on strike at night"]}],
                },
                {
                    "id": "gone",
                    "name": "Gone",
                    "description": "A theme that was retired.",
                    "retired_in_edition": "2026-01-01",
                    "rules": [{"id": "r", "phrases": ["strike"]}],
                },
            ],
        }
    )
    text = "A strike, on strike at night."
    found = themes_of(themes, text)
    assert list(found) == ["a"]
    assert [text[one.start : one.end] for one in found["a"].evidence] == ["on strike at night"]
