"""config/examples: a taxonomy of another subject runs as it is, with no change of code."""

import io
import json
from pathlib import Path

import pytest

from cli.enrich import enrich
from cli.themes import check
from core.config import PROJECT_ROOT, load_themes
from tests.enrich.newsroom import small_entities

ENERGY = PROJECT_ROOT / "config" / "examples" / "energy-climate.yml"


def themes_found(tmp_path: Path, title: str, text: str) -> dict[str, list[str]]:
    small_entities(tmp_path)
    out = io.StringIO()
    document = json.dumps({"id": 1, "title": title, "text": text})
    enrich(ENERGY, tmp_path / "entities.yml", io.StringIO(document), out)
    sections = {"title": title, "body": text}
    return {
        theme["theme_id"]: [
            sections[one["section"]][one["start"] : one["end"]] for one in theme["evidence"]
        ]
        for theme in json.loads(out.getvalue())["themes"]
    }


@pytest.mark.parametrize("path", [ENERGY, PROJECT_ROOT / "config" / "themes.yml"])
def test_every_example_comes_out_as_it_should(path: Path) -> None:
    out = io.StringIO()
    assert check(path, out) == 0, out.getvalue()


def test_every_theme_has_an_example_or_a_counterexample() -> None:
    themes = load_themes(ENERGY).themes
    assert len(themes) >= 14
    assert [one.id for one in themes if not one.examples and not one.counterexamples] == []


def test_enrich_reads_it(tmp_path: Path) -> None:
    found = themes_found(
        tmp_path,
        "Old reactor may run again",
        "The nuclear plant closed in 2019. Its owner wants the reactor back on the grid by spring.",
    )
    assert found["nuclear-power"][0] == "reactor" or "nuclear plant" in found["nuclear-power"]
    assert "oil-gas" not in found


@pytest.mark.parametrize(
    ("theme_id", "title", "text"),
    [
        (
            "oil-prices",
            "Crude slips below 60 dollars",
            "Brent futures lost two dollars a barrel. Traders had hoped for a colder winter.",
        ),
        (
            "oil-producers",
            "Ministers leave quotas as they are",
            "Opec will not raise its output before the summer. A second meeting is set for May.",
        ),
        (
            "exploration",
            "Gas find off the western isles",
            "The exploratory well struck gas at 3,000 metres. Two more will be drilled.",
        ),
        (
            "pipelines",
            "Valve failure shuts northern line",
            "The pipeline carries half the country's gas. Its operator found a leak on Monday.",
        ),
        (
            "energy-deals",
            "Refiner agrees to takeover",
            "The oil company will be bought by its rival for nine billion in shares.",
        ),
    ],
)
def test_tells_the_parts_of_the_oil_trade_apart(
    tmp_path: Path, theme_id: str, title: str, text: str
) -> None:
    parts = {"oil-prices", "oil-producers", "exploration", "pipelines", "energy-deals"}
    assert themes_found(tmp_path, title, text).keys() & parts == {theme_id}


def test_a_late_word_in_a_long_article_is_a_passing_mention(tmp_path: Path) -> None:
    long = "The bakers met on Tuesday. " * 30
    assert themes_found(tmp_path, "Bakers meet", f"{long}One of them sold shares in oil.") == {}
    assert themes_found(tmp_path, "Bakers meet", f"{long}They feared the oil price.") == {}


def test_other_news_has_none_of_its_themes(tmp_path: Path) -> None:
    text = "The power struggle in the club ended. A wave of goals flooded in after half-time."
    assert themes_found(tmp_path, "Fresh energy on the wing", text) == {}
