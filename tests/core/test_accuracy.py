import pytest

from core.accuracy import fingerprint, measured
from core.taxonomy import Themes

FARMING = {
    "id": "farming",
    "name": "Farming",
    "description": "Fields, crops and cattle.",
    "rules": [{"id": "crops", "phrases": ["wheat"], "requires": ["land"]}],
}
TAXONOMY = {
    "taxonomy_version": "1",
    "contexts": {"land": ["field"], "sea": ["boat"]},
    "themes": [FARMING, {**FARMING, "id": "fishing", "rules": []}],
}


def farming_with(accuracy_of: Themes | None = None, **changes: object) -> Themes:
    """The taxonomy changed so; farming carries figures measured on `accuracy_of`."""
    theme = {**FARMING, **changes.pop("theme", {})}  # type: ignore[dict-item]
    if accuracy_of is not None:
        theme["accuracy"] = {
            "precision": 0.9, "recall": 0.8, "positives": 12, "articles": 300,
            "rules": fingerprint(accuracy_of, accuracy_of.themes[0]),
        }  # fmt: skip
    return Themes.model_validate({**TAXONOMY, **changes, "themes": [theme, TAXONOMY["themes"][1]]})


AS_MEASURED = farming_with()


def test_figures_stand_while_the_rules_do() -> None:
    themes = farming_with(
        AS_MEASURED,
        taxonomy_version="2",
        contexts={"land": ["field"], "sea": ["boat", "net"]},
        theme={"name": "Farms", "description": "What grows in fields and byres."},
    )
    accuracy = measured(themes, themes.themes[0])
    assert accuracy is not None
    assert accuracy.precision == 0.9
    assert measured(themes, themes.themes[1]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"theme": {"threshold": 1.5}},
        {"theme": {"rules": [{"id": "crops", "phrases": ["wheat", "barley"]}]}},
        {"contexts": {"land": ["field", "farm"], "sea": ["boat"]}},
        {"scoring": {"focus": 1}},
    ],
    ids=str,
)
def test_figures_fall_with_what_decides(change: dict[str, object]) -> None:
    themes = farming_with(AS_MEASURED, **change)
    assert themes.themes[0].accuracy is not None
    assert measured(themes, themes.themes[0]) is None


def test_words_of_a_theme_decide_where_nearness_counts() -> None:
    near = {"scoring": {"similarity": 2}}
    before = farming_with(**near)
    renamed = farming_with(before, **near, theme={"name": "Farms"})
    assert measured(renamed, renamed.themes[0]) is None
