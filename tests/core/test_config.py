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
    ("old", "new", "line", "sentence"),
    [
        ("phrases: [strike]", "phrases: ['*']", 8, r"'themes.0.rules.0.phrases.0': '\*' has no"),
        ("phrases: [strike]", "phrases: [str*ke]", 8, "only the last sign may be one"),
        ("phrases: [strike]", "phrases: ['*strike']", 8, "only the last sign may be one"),
        ("phrases: [strike]", "phrases: [strike**]", 8, "only the last sign may be one"),
        ("phrases: [strike]", "phrases: ['a *']", 8, "only the last sign may be one"),
        ("[artificial intelligence]", "[' ']", 2, "has no letter and no digit"),
        ("[artificial intelligence]", "['A\u200bI']", 2, r"U\+200B stands in it after 'A'"),
        ("name: Pay", "name: '...'", 10, "has no letter and no digit"),
        ("requires: [ai]", "requires: [film]", 8, "names the context 'film'"),
        ("parent: work", "parent: works", 11, "unknown parent 'works'"),
        ("    name: Work\n", "    name: Work\n    parent: pay\n", 6, "its own ancestor"),
        ("id: pay", "id: work", 9, "'work' is used twice"),
        ("rules:\n", "rules:\n      - {id: strike, phrases: [pay]}\n", 9, "rule id 'strike' is"),
        ("{id: strike, phrases: [strike], requires: [ai]}", "strike", 8, "keys with values"),
    ],
)  # fmt: skip
def test_a_taxonomy_is_refused_at_its_line(
    tmp_path: Path, old: str, new: str, line: int, sentence: str
) -> None:
    assert old in THEMES
    with pytest.raises(ConfigError, match=rf"file\.yml:{line}: .*{sentence}"):
        load_themes(written(tmp_path, THEMES.replace(old, new, 1)))


def test_a_phrase_may_end_in_a_star(tmp_path: Path) -> None:
    text = THEMES.replace("phrases: [strike]", "phrases: [strike*, 'C++', '4']")
    assert load_themes(written(tmp_path, text)).themes[0].rules[0].phrases[0] == "strike*"


@pytest.mark.parametrize(
    ("alias", "sentence"),
    [
        ("Amazon.com", r"'Amazon\.com' belongs to 'amazon' and to 'twitch'"),
        ("Cafe\u0301", "'Cafe\u0301' belongs to 'amazon' and to 'twitch'"),
        ("Amazon’s", "'Amazon’s' belongs to 'amazon' and to 'twitch'"),
        ("Twit\u200bch", r"'entities\.1\.aliases\.0': the invisible character U\+200B"),
        ("Twit\u200dch", r"U\+200D stands in it after 'Twit'"),
        ('"\\u00adTwitch"', r"U\+00AD"),
        ("'*'", "'entities.1.aliases.0': '\\*' has no letter and no digit"),
        ("''", "'entities.1.aliases.0': String should have at least 1 character"),
        ("3", "'entities.1.aliases.0': keys with values belong here"),
        ("{alias: '-'}", "'entities.1.aliases.0.alias': '-' has no letter"),
        ("{alias: T, context: ['*']}", "'entities.1.aliases.0.context.0': '\\*' has no letter"),
    ],
)
def test_an_alias_that_cannot_be(tmp_path: Path, alias: str, sentence: str) -> None:
    """What the gazetteer reads alike is one alias; case tells names apart."""
    text = ENTITIES.replace("[Amazon.com]", "[Amazon.com, Caf\u00e9, AMAZON'S, \"Amazon's\"]")
    text = text.replace("{alias: JTV, to: 2014-08-05}", alias)
    with pytest.raises(ConfigError, match=rf"file\.yml:4: .*{sentence}") as caught:
        load_entities(written(tmp_path, text))
    assert "\n" not in str(caught.value), "one fault, told once"


@pytest.mark.parametrize("alias", ["amazon", "M*A*S*H", "می\u200cخواهم", "👩\u200d👧 Co"])
def test_an_alias_that_can_be(tmp_path: Path, alias: str) -> None:
    path = written(tmp_path, ENTITIES.replace("{alias: JTV, to: 2014-08-05}", alias))
    assert load_entities(path).entities[1].names[1].alias == alias


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a: 1\nb: \xff\n", r"file\.yml:2: no UTF-8 text"),
        (b"a: 1\nb: \x00\n", r"file\.yml:2: no UTF-8 text, or a control character"),
        (b"[" * 5_000 + b"]" * 5_000, "nested too deeply"),
    ],
    ids=["not UTF-8", "a zero byte", "deep"],
)
def test_what_is_no_text_is_told_in_our_words(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "file.yml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=sentence) as caught:
        load_themes(path)
    assert "codec" not in str(caught.value)
    assert "recursion" not in str(caught.value)


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
