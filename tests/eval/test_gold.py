"""The labels name what there is, and say where the readers did not agree."""

from pathlib import Path

import pytest

from core.config import load_themes
from eval import gold, gold_names
from eval.corpus import read_articles

pytestmark = pytest.mark.usefixtures("corpus")


def test_labels_are_of_themes_that_are_there() -> None:
    known = {one.id for path in gold.TAXONOMIES for one in load_themes(path).themes}
    records = gold.read_records("themes")
    assert {theme for one in records for theme in one["themes"]} <= known
    assert len({one["key"] for one in records}) == len(records) >= 300


def test_disputes_are_settled_and_recorded() -> None:
    disputed = [one for one in gold.read_records("themes") if "disputed" in one]
    assert disputed
    for one in disputed:
        assert one["disputed"]["first"] != one["disputed"]["second"]
        assert one["disputed"]["why"]


def test_some_articles_are_held_out() -> None:
    held_out = [one.get("held_out", False) for one in gold.read_records("themes")]
    assert 100 < sum(held_out) < len(held_out) / 2


def test_labelled_names_stand_in_the_articles(corpus: Path) -> None:
    names = gold_names.read_names()
    articles = read_articles(names)
    assert len(names) >= 100
    for key, places in names.items():
        for section, start, end in places:
            surface = articles[key].section(section)[start:end]
            assert surface == surface.strip() != ""


def test_counts_of_known_labels() -> None:
    place, other = gold_names.Place("body", 0, 4), gold_names.Place("body", 9, 12)
    truth = {"a": {place: ("ORG", "meta"), other: ("PERSON", None)}}
    found = {"a": {place: ("ORG", "apple"), other: ("PLACE", "chad")}}
    assert gold_names._kind_counts(truth, found, "ORG").tolist() == [[1, 0, 0]]
    assert gold_names._kind_counts(truth, found, "PERSON").tolist() == [[0, 0, 1]]
    assert gold_names._link_counts(truth, found).tolist() == [[0, 2, 1]]
