"""What the marts say of the three editions, told by hand."""

from datetime import date
from pathlib import Path

import pytest
from scipy.stats import nbinom

from core.home import Home
from tests.dbt.editions import steady_editions, three_editions
from tests.dbt.newsroom import Edition
from tests.dbt.runs import copy_home, do_dbt, open_editions, publish_editions, rows

ONE, TWO, THREE = three_editions()
VOICE, UNION, LEAK, UNDATED = ONE.articles
COPY, VOTE, MONTHLY, _ = TWO.articles
JOINS, CORRECTED, BETWEEN, CUT = THREE.articles


def story(article: object) -> str:
    return f"story-{article.article_id}"  # type: ignore[attr-defined]


def test_an_owner_counts_the_studio_that_is_named_alone(candidate: Path) -> None:
    told = rows(
        candidate,
        "select scope, articles, stories, owners_printing, owners_reporting"
        " from marts.fct_entity_daily"
        " where entity_id = 'amazon' and published_day = date '2026-10-15' order by scope",
    )
    # South Media printed both; both stories had been North Press's the day before.
    assert told == [("self", 1, 1, 1, 1), ("with_descendants", 2, 2, 1, 1)]


def test_copies_are_one_text_of_one_reporting_owner(candidate: Path) -> None:
    told = rows(
        candidate,
        "select articles, texts, owners_printing, owners_reporting, title from marts.dim_story"
        f" where story_id = '{story(VOICE)}'",
    )
    assert told == [(2, 1, 2, 1, VOICE.title)]


def test_a_later_text_joins_the_story_it_is_most_like_and_no_other(candidate: Path) -> None:
    members = rows(
        candidate, f"select article_id from marts.dim_article where story_id = '{story(VOTE)}'"
    )
    assert {one for (one,) in members} == {VOTE.article_id, JOINS.article_id}
    assert rows(
        candidate, f"select articles, texts from marts.dim_story where story_id = '{story(UNION)}'"
    ) == [(1, 1)]


def test_a_report_that_is_not_first_has_an_alias(candidate: Path) -> None:
    assert pairs(candidate, "select old_story_id, story_id from marts.story_alias") == {
        story(COPY): story(VOICE),
        story(JOINS): story(VOTE),
        story(CUT): story(LEAK),
    }


def pairs(database: Path, sql: str) -> dict[object, object]:
    return {row[0]: row[1] for row in rows(database, sql)}


def stories(published: Path) -> dict[object, object]:
    return pairs(published, "select article_id, story_id from marts.dim_article")


def test_a_later_edition_changes_no_story_and_an_earlier_one_leaves_aliases(
    newsroom: Home, tmp_path: Path
) -> None:
    home = copy_home(newsroom, tmp_path / "home")
    late = stories(publish_editions(home, "two", TWO))
    later = stories(publish_editions(home, "three", THREE))
    assert late.items() <= later.items()
    assert later[COPY.article_id] == story(COPY)
    published = publish_editions(home, "one", ONE)
    aliases = pairs(published, "select old_story_id, story_id from marts.story_alias")
    now = stories(published)
    assert now[COPY.article_id] == story(VOICE)
    assert all(aliases.get(then, then) == now[one] for one, then in later.items())


def test_the_corrected_wording_is_current_and_the_old_one_leaves_no_fact(candidate: Path) -> None:
    versions = rows(
        candidate,
        "select version_id, edition, change, is_current from marts.article_version"
        f" where article_id = '{LEAK.article_id}' order by seen_at",
    )
    assert versions == [
        (LEAK.version_id, ONE.day, "first", False),
        (BETWEEN.version_id, THREE.day, "minor", False),
        (CORRECTED.version_id, THREE.day, "correction", True),
    ]
    corrected = rows(
        candidate,
        "select first_seen_edition, corrected_at from marts.dim_article"
        f" where article_id = '{LEAK.article_id}'",
    )
    assert corrected == [(ONE.day, THREE.seen_at)]
    mentions = rows(
        candidate, f"from marts.fct_entity_mention where article_id = '{LEAK.article_id}'"
    )
    assert mentions == []


def test_undated_articles_enter_no_daily_fact_and_are_counted(candidate: Path) -> None:
    undated = rows(
        candidate,
        "select published_day, source_id, undated from marts.fct_coverage_daily"
        " where undated > 0 order by published_day",
    )
    assert undated == [(date(2026, 10, 14), "ledger", 1), (date(2026, 10, 15), "courier", 1)]
    total = rows(candidate, "select sum(articles) from marts.fct_coverage_daily")
    assert total == [(7,)]
    assert MONTHLY.precision == "month"


def test_a_local_name_is_its_commonest_spelling(candidate: Path) -> None:
    told = rows(
        candidate,
        "select name, entity_type, wikidata_qid from marts.dim_entity"
        " where entity_id like 'local:%' order by name",
    )
    assert told == [("JANE DOE", "PERSON", None), ("Rio Roe", "PERSON", None)]


def test_evidence_needs_no_join(candidate: Path) -> None:
    told = rows(
        candidate,
        "select outlet, owner, theme, sentence, entities, story_id from marts.evidence"
        f" where article_id = '{UNION.article_id}' and section = 'body'",
    )
    assert told == [("The Courier", "North Press", "Labour", UNION.body[0], ["Meta"], story(UNION))]


def test_pairs_leave_out_an_owner_with_its_own_and_rare_local_names(candidate: Path) -> None:
    pairs = rows(
        candidate,
        "select published_day, entity_id_a, entity_id_b, stories, stories_same_sentence"
        " from marts.fct_entity_pair_daily where entity_id_b not like 'local:%'",
    )
    assert pairs == []
    jane = rows(
        candidate,
        "select published_day, entity_id_a, stories, stories_same_sentence"
        " from marts.fct_entity_pair_daily order by entity_id_a",
    )
    assert jane == [
        (date(2026, 10, 15), "amazon", 1, 0),
        (date(2026, 10, 15), "amazon-mgm-studios", 2, 1),
    ]


def test_every_outlet_is_in_every_edition(candidate: Path) -> None:
    told = rows(
        candidate,
        "select source_id, feed_status, found, loaded, fetch_failed, is_collected, is_silent,"
        " median_delay_minutes from quality.fct_source_edition"
        f" where edition = date '{THREE.day}' order by source_id",
    )
    # The gazette's correction was no first sight: its delay is that of the new article alone.
    assert told == [
        ("courier", "ok", 1, 1, 0, True, False, 1171.0),
        ("gazette", "ok", 2, 2, 0, True, False, 1171.0),
        ("ledger", "not_collected", 0, 0, 0, False, False, None),
    ]


def test_silent_is_who_gave_something_before(candidate: Path) -> None:
    told = rows(
        candidate,
        "select edition, source_id, found from quality.fct_source_edition where is_silent"
        " order by source_id",
    )
    # The courier's article of that day was known and looked at again; its feed gave nothing.
    assert told == [(TWO.day, "courier", 1), (TWO.day, "gazette", 0)]


def test_a_removed_article_keeps_its_facts_and_says_when(candidate: Path) -> None:
    told = rows(
        candidate,
        "select article_id, edition, title, text, is_current from marts.article_version"
        " where change = 'removed' order by edition",
    )
    assert told == [
        (UNION.article_id, TWO.day, "", "", False),
        (VOTE.article_id, THREE.day, "", "", False),
    ]
    removed = rows(
        candidate,
        "select article_id, removed_at from marts.dim_article where removed_at is not null",
    )
    assert removed == [(VOTE.article_id, THREE.seen_at)]
    facts = rows(candidate, f"from marts.fct_theme_evidence where article_id = '{VOTE.article_id}'")
    assert facts != []


def test_a_cut_text_counts_but_not_in_shares(candidate: Path) -> None:
    told = rows(
        candidate,
        "select stories, share_of_stories from marts.fct_theme_daily where theme_id = 'labour'"
        " and scope = 'self' and published_day = date '2026-10-16'",
    )
    assert told == [(2, 1.0)]  # JOINS alone is measured, and it is the day's one measured story
    coverage = rows(
        candidate,
        "select articles, analysed, truncated from marts.fct_coverage_daily"
        f" where source_id = '{CUT.source}' and published_day = date '2026-10-16'",
    )
    assert coverage == [(1, 0, 1)]


def test_each_outlet_of_an_edition_has_its_day(candidate: Path) -> None:
    told = rows(
        candidate,
        "select published_day, source_id, is_collected from marts.fct_coverage_daily"
        " where articles = 0 order by all",
    )
    assert told == [
        (date(2026, 10, 14), "ledger", True),
        (date(2026, 10, 15), "courier", False),
        (date(2026, 10, 15), "gazette", True),
        (date(2026, 10, 16), "ledger", False),
    ]


@pytest.fixture(scope="module")
def steady(newsroom: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty days of labour stories: one a day, two on every fifth."""
    home = copy_home(newsroom, tmp_path_factory.mktemp("steady") / "home")
    editions: list[Edition] = steady_editions(20, date(2026, 9, 1))
    run = open_editions(home, "steady", *editions)
    do_dbt(run, "run")
    return home.candidate("steady")


def test_nothing_is_usual_under_fourteen_collected_days(steady: Path) -> None:
    told = rows(
        steady,
        "select baseline_days, expected, low, high, p_value, is_burst from marts.fct_theme_daily"
        " where theme_id = 'labour' and scope = 'self' order by published_day",
    )
    assert [row[0] for row in told] == list(range(20))
    assert all(row[1:] == (None,) * 5 for row in told[:14])
    # Four of the fifteen days before are of weekends; the others have 13 stories.
    chance = pytest.approx(nbinom.sf(0, 13.5, 11 / 12))
    assert told[15] == (15, pytest.approx(18 / 15), 1.0, 2.0, chance, False)
