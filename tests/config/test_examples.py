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


def test_other_news_has_none_of_its_themes(tmp_path: Path) -> None:
    text = "The power struggle in the club ended. A wave of goals flooded in after half-time."
    assert themes_found(tmp_path, "Fresh energy on the wing", text) == {}
