"""The configuration is refused with file, line and what to do, before anything runs."""

from pathlib import Path

import pytest

from core.config import (
    PROJECT_ROOT,
    Fetching,
    load_entities,
    load_sources,
    load_themes,
    load_thresholds,
)
from core.errors import ConfigError
from core.taxonomy import Theme

SOURCES = """\
user_agent: "Broadsheet/0.1 (+https://example.org/contact)"
sources:
  - id: harbour-times
    name: The Harbour Times
    owner: {id: harbour-press, name: Harbour Press}
    homepage: https://harbour.example/
    country: GB
    language: en
    timezone: Europe/London
    entry_points:
      - {kind: feed, url: "https://harbour.example/feed.xml"}
"""
THEMES = """\
taxonomy_version: "1"
contexts: {ai: [artificial intelligence]}
themes:
  - id: work
    name: Work
    description: All about work and what becomes of it.
    rules:
      - {id: strike, phrases: [strike], requires: [ai]}
  - id: pay
    name: Pay
    parent: work
    description: What people are paid for their work.
"""
ENTITIES = """\
entities_version: "1"
entities:
  - {id: amazon, name: Amazon, type: ORG, aliases: [Amazon.com]}
  - {id: twitch, name: Twitch, type: ORG, parent: amazon, aliases: [{alias: JTV, to: 2014-08-05}]}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "file.yml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("homepage:", "hompage:", 3, "Field required"),
        ("hompage", "hompage", 6, ""),
        ("Europe/London", "Europe/Londn", 9, "not an IANA time zone"),
        ("country: GB", "country: uk", 7, "pattern"),
        ('url: "https://', 'url: "ftp://', 11, "not an http or https URL"),
        ("https://harbour.example/feed", "https://me:secret@harbour.example/feed", 11, "password"),
        ("kind: feed", "kind: rss", 11, "'feed'"),
    ],
)
def test_a_fault_names_its_line(
    tmp_path: Path, old: str, new: str, line: int, sentence: str
) -> None:
    text = SOURCES.replace(old, new)
    path = written(tmp_path, text)
    if text == SOURCES:
        assert load_sources(path).sources[0].kind == "web"
        return
    with pytest.raises(ConfigError, match=rf"file\.yml:{line}: .*{sentence}") as caught:
        load_sources(path)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("max_hosts: true", "'sources.0.fetching.max_hosts': Input should be a valid integer"),
        ("min_gap_seconds: false", "valid number"),
        ("max_page_bytes: 1073741825", "less than or equal to 1073741824"),
        ("max_feed_bytes: 1073741825", "less than or equal to 1073741824"),
        ("max_sitemap_bytes: 1073741825", "less than or equal to 1073741824"),
        ("recheck_after_hours: [24, 24]", "each number must be greater than the one before"),
        ("recheck_after_hours: [72, 24]", "each number must be greater than the one before"),
        ("recheck_after_hours: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]", "at most 10 items"),
        ("recheck_after_hours: [true]", "valid number"),
    ],
)
def test_manners_of_fetching_have_bounds(tmp_path: Path, settings: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        load_sources(written(tmp_path, f"{SOURCES}    fetching: {{{settings}}}\n"))


def test_every_bound_itself_is_permitted(tmp_path: Path) -> None:
    bounds = "max_page_bytes: 1073741824, recheck_after_hours: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"
    fetching = load_sources(written(tmp_path, f"{SOURCES}    fetching: {{{bounds}}}\n")).sources[0]
    assert fetching.fetching is not None
    assert fetching.fetching.max_page_bytes == 1 << 30
    assert len(fetching.fetching.recheck_after_hours) == 10


def test_a_truth_is_no_number_elsewhere_either(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"file\.yml:12: 'max_age_days': .*valid integer"):
        load_sources(written(tmp_path, SOURCES + "max_age_days: true\n"))
    with pytest.raises(ConfigError, match="valid integer"):
        load_thresholds(written(tmp_path, "min_articles: true\n"))


def test_the_host_is_spelled_as_a_browser_asks_it(tmp_path: Path) -> None:
    text = SOURCES.replace("https://harbour.example/feed.xml", "HTTP:Hafen-Ä.example/feed")
    path = tmp_path / "sources.yml"
    path.write_text(text, encoding="utf-8")
    assert load_sources(path).sources[0].host == "xn--hafen--gua.example"


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, SOURCES + "max_age: 3\n")
    with pytest.raises(ConfigError, match=r"file\.yml:12: 'max_age' is not a known key"):
        load_sources(path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("a: [1", "not valid YAML"),
        (SOURCES + "fixed_edition: 2026-02-30\n", "a value cannot be read: day"),
        (SOURCES + 'x: !!python/object/apply:os.system ["id"]\n', "could not determine"),
        ("a: &a [*a]", "an alias that holds itself"),
        ("? [a, b]\n: 1", "a key must be a plain word"),
        (SOURCES + "max_age_days: 3\nmax_age_days: 4\n", "file.yml:13: the key 'max_age_days'"),
        (SOURCES + SOURCES[SOURCES.index("  - id") :], "'harbour-times' is used twice"),
    ],
)
def test_a_file_that_is_no_configuration(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_sources(written(tmp_path, text))
    assert sentence in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yml does not exist"):
        load_themes(tmp_path / "nowhere.yml")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("requires: [ai]", "requires: [film]", "names the context 'film'"),
        ("parent: work", "parent: works", "unknown parent 'works'"),
        ("    name: Work\n", "    name: Work\n    parent: pay\n", "its own ancestor"),
        ("id: pay", "id: work", "'work' is used twice"),
    ],
)
def test_an_inconsistent_taxonomy(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        load_themes(written(tmp_path, THEMES.replace(old, new)))


def test_an_alias_belongs_to_one_entity(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'Amazon\.com' belongs to 'amazon' and to 'twitch'"):
        load_entities(
            written(tmp_path, ENTITIES.replace("{alias: JTV, to: 2014-08-05}", "Amazon.com"))
        )


def test_names_carry_validity_context_and_relation(tmp_path: Path) -> None:
    text = ENTITIES.replace(
        "aliases: [Amazon.com]", "ambiguous: true, context: [cloud], aliases: [AMZN]"
    )
    amazon, twitch = load_entities(written(tmp_path, text)).entities
    assert [(name.alias, name.context) for name in amazon.names] == [
        ("Amazon", ["cloud"]),
        ("AMZN", ["cloud"]),
    ]
    assert twitch.names[1].valid_to is not None
    assert twitch.parent_relation == "owned_by"


def test_a_source_may_have_its_own_manners(tmp_path: Path) -> None:
    text = SOURCES + "    fetching: {min_gap_seconds: 5}\n"
    newsroom = load_sources(written(tmp_path, text))
    assert newsroom.fetching_of(newsroom.sources[0]) == Fetching(min_gap_seconds=5)


def test_what_ships_is_valid() -> None:
    config = PROJECT_ROOT / "config"
    assert load_sources(config / "sources.yml").fixed_edition is not None
    assert load_sources(config / "sources.live.yml").fixed_edition is None
    assert len(load_themes(config / "themes.yml").themes) >= 25
    assert len(load_entities(config / "entities.yml").entities) >= 400
    load_thresholds(config / "thresholds.yml")


def test_the_rule_id_of_word_vectors_is_kept_for_them() -> None:
    with pytest.raises(ValueError, match="the rule id 'similarity' is kept for word vectors"):
        Theme.model_validate(
            {
                "id": "a",
                "name": "A",
                "description": "A theme with words of its own.",
                "rules": [{"id": "similarity", "phrases": ["near"]}],
            }
        )
