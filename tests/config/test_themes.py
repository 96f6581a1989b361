"""config/themes.yml: the shipped taxonomy is complete, consistent and fires where it should."""

import csv
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from core.config import load_themes
from core.taxonomy import Theme, Themes
from enrich.document import Document
from enrich.themes import Taxonomy

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
TOP_LEVEL = {"authorship", "labour", "data-privacy", "regulation", "infrastructure", "industry"}
REQUIRED = {
    "creative-control": "authorship",
    "data-centre-labour": "labour",
    "employee-data-privacy": "data-privacy",
}
SUBJECTS = [
    "likeness-rights",
    "copyright-suits",
    "licensing-deals",
    "film-television",
    "music",
    "books-publishing",
    "journalism",
    "data-work",
    "layoffs-automation",
    "collective-bargaining",
    "workplace-surveillance",
    "training-data-privacy",
    "data-breaches",
    "regulation-eu",
    "regulation-us",
    "regulation-uk",
    "regulation-china",
    "regulation-global",
    "export-control",
    "competition",
    "liability-courts",
    "data-centre-energy",
    "data-centre-water",
    "data-centre-siting",
    "chips",
    "investment-deals",
    "open-models",
    "defence",
    "health",
    "education",
    "elections-deepfakes",
    "science",
    "safety-research",
    "child-safety",
]

STORIES = [
    (
        "creative-control",
        "Studio gives up feature about an AI start-up",
        (
            "The studio and the artificial-intelligence company could not agree who would have "
            "the final cut. The screenwriters refused to submit each draft for approval."
        ),
    ),
    (
        "data-centre-labour",
        "Night crews at three server halls sign union cards",
        (
            "Technicians at the data centres say that twelve-hour shifts in the heat leave them "
            "exhausted. They want a union to bargain for them."
        ),
    ),
    (
        "employee-data-privacy",
        "Salary files of a social network turn up on a forum",
        (
            "Personnel records of some nine thousand people were leaked after a server was left "
            "open. The names and home addresses of employees could be read for a week."
        ),
    ),
    (
        "regulation-eu",
        "Later date for high-risk duties",
        "The European Commission wants to postpone parts of the AI Act by a year.",
    ),
    (
        "data-centre-water",
        "Valley asks who will drink first",
        "The data center would take two million gallons of water a day from a falling aquifer.",
    ),
    (
        "export-control",
        "Licences for chips come with a tax",
        "Washington will grant export licences for AI chips bound for China.",
    ),
    (
        "child-safety",
        "Companion app shuts out the young",
        "The maker of the chatbot will bar teenagers after two suits by parents.",
    ),
    (
        "likeness-rights",
        "Voice actors take a cloning firm to court",
        (
            "They say the AI company sold copies of their voices without their consent and want a "
            "right over every digital replica."
        ),
    ),
]


@pytest.fixture(scope="module")
def themes() -> Themes:
    return load_themes(ROOT / "config" / "themes.yml")


@pytest.fixture(scope="module")
def taxonomy(themes: Themes) -> Taxonomy:
    return Taxonomy(themes)


def classified(taxonomy: Taxonomy, title: str, text: str) -> set[str]:
    document = Document(version_id="v", language="en", title=title, text=text)
    return {theme.theme_id for theme in taxonomy.classify(document)}


def test_has_the_themes_that_others_rely_on(themes: Themes) -> None:
    parent_of = {theme.id: theme.parent for theme in themes.themes}
    assert 35 <= len(parent_of) <= 45
    assert {theme for theme, parent in parent_of.items() if parent is None} >= TOP_LEVEL
    assert {theme: parent_of[theme] for theme in REQUIRED} == REQUIRED
    assert set(SUBJECTS) <= parent_of.keys()


def test_is_a_tree_of_two_levels(themes: Themes) -> None:
    top_level = {theme.id for theme in themes.themes if theme.parent is None}
    assert all(theme.parent in top_level for theme in themes.themes if theme.parent)
    assert {theme.parent for theme in themes.themes if theme.parent} == top_level


def test_every_theme_has_rules_an_editor_can_read(themes: Themes) -> None:
    for theme in themes.themes:
        assert 2 <= len(theme.rules) <= 6, theme.id
        for rule in theme.rules:
            assert 4 <= len(rule.phrases) <= 25, f"{theme.id}/{rule.id}"


def test_no_phrase_is_empty_or_stands_twice_in_a_theme(themes: Themes) -> None:
    for theme in themes.themes:
        phrases = [phrase.lower() for rule in theme.rules for phrase in rule.phrases]
        assert all(phrase.strip(" *") for phrase in phrases), theme.id
        assert repeated(phrases) == [], theme.id
    for name, phrases in themes.contexts.items():
        assert repeated([phrase.lower() for phrase in phrases]) == [], name


def test_an_asterisk_stands_only_at_the_end(themes: Themes) -> None:
    rules = [phrase for theme in themes.themes for rule in theme.rules for phrase in rule.phrases]
    contexts = [phrase for phrases in themes.contexts.values() for phrase in phrases]
    assert [phrase for phrase in rules + contexts if "*" in phrase[:-1]] == []


def test_every_context_is_used(themes: Themes) -> None:
    used = {
        context
        for theme in themes.themes
        for rule in theme.rules
        for context in (*rule.requires, *rule.excludes)
    }
    assert used == themes.contexts.keys()


def test_every_iptc_code_exists_and_is_not_retired(themes: Themes) -> None:
    path = CORPUS / "themes" / "iptc_mediatopics.csv"
    if not path.exists():
        pytest.skip("needs the IPTC Media Topics of ../shared/corpus")
    with path.open(encoding="utf-8", newline="") as file:
        current = {row["qcode"] for row in csv.DictReader(file) if row["retired"] == "False"}
    given = {theme.iptc for theme in themes.themes if theme.iptc}
    assert len(given) >= 20
    assert given <= current


@pytest.mark.parametrize(("theme_id", "title", "text"), STORIES)
def test_finds_its_subjects(taxonomy: Taxonomy, theme_id: str, title: str, text: str) -> None:
    assert theme_id in classified(taxonomy, title, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Striker signs for the champions", "The club paid a record fee. He trained on Monday."),
        ("Film festival opens", "The director thanked the studio for the final cut."),
        ("Drought empties the reservoir", "Water use must fall by a third, the council said."),
        ("Pupils sit exams", "Teachers had trained them well for the tests, the school said."),
        ("Senate passes budget bill", "Senators voted on the law after a long night."),
        ("Budget agreed", "The European Union voted on farm payments and grants for AI research."),
        ("Board in a huff", "OpenAI's directors dropped their plan and shelved the report."),
        ("Warm homes", "The operator of the data centre will give its waste heat to the town."),
    ],
)
def test_stays_silent_on_other_news(taxonomy: Taxonomy, title: str, text: str) -> None:
    assert classified(taxonomy, title, text) == set()


def test_news_from_before_the_subject_holds_almost_none_of_its_themes(
    themes: Themes, taxonomy: Taxonomy
) -> None:
    path = CORPUS / "themes" / "bbc_2004_2005.parquet"
    if not path.exists():
        pytest.skip("needs the BBC news of 2004 and 2005 of ../shared/corpus")
    articles = pl.read_parquet(path, columns=["title", "text"])
    counts: Counter[str] = Counter()
    for title, text in articles.iter_rows():
        counts.update(classified(taxonomy, title, text))
    timeless = {theme.id for theme in themes.themes if is_timeless(theme)}
    assert sum(counts.values()) <= 50
    assert sum(number for theme, number in counts.items() if theme not in timeless) <= 5


def is_timeless(theme: Theme) -> bool:
    """Whether the theme is news in any year: work, privacy and chips are older than the subject."""
    return not {"labour", "data-privacy", "chips"}.isdisjoint({theme.id, theme.parent})


def repeated(phrases: list[str]) -> list[str]:
    return [phrase for phrase, number in Counter(phrases).items() if number > 1]
