"""Each fault of built marts fails the expectation that says what is true instead."""

import shutil

import duckdb
import pytest

from core.files import read_json, write_json
from core.home import Home
from core.plan import load_run
from expectations.marts_suite import marts_suite
from expectations.validate import validate

RUN = "run-1"


def _failed(home: Home, *damage: str) -> dict[str, str]:
    if damage:
        with duckdb.connect(home.candidate(RUN)) as connection:
            for statement in damage:
                connection.execute(statement)
    run = load_run(RUN, home)
    verdicts = validate(marts_suite(run), run.work / "docs")
    return {one.expectation: one.observed for one in verdicts if not one.success}


_LAST_DAY = "(select max(published_day) from marts.dim_article)"
_AN_ARTICLE = "(select min(article_id) from marts.dim_article)"

# Each group is damage that can be done to one candidate at once: a statement, and what finds it.
FAULTS: dict[str, dict[str, set[str]]] = {
    "rows lost": {
        f"delete from marts.fct_theme_daily where published_day = {_LAST_DAY}":
            {"fct_theme_daily.equals_recount", "every_day.is_there"},
        f"delete from marts.fct_entity_mention where article_id = {_AN_ARTICLE}":
            {"landed_facts.all_published", "fct_article_entity.counts_its_mentions"},
        "delete from marts.fct_entity_pair_daily": {"fct_entity_pair_daily.equals_recount"},
        "delete from marts.evidence": {"evidence.agrees"},
        "delete from quality.fct_disposition where status = 'fetch_failed'":
            {"fct_source_edition.conserves", "landed_ends.as_published"},
        "delete from marts.fct_coverage_daily where source_id = 'werkbank'":
            {"fct_source_edition.every_day"},
        "delete from marts.bridge_theme_ancestor where depth = 0":
            {"bridge_theme_ancestor.as_the_parents_say"},
    },
    "orphans": {
        "delete from marts.dim_article where source_id = 'werkbank'":
            {"facts_by_article.no_orphans", "dim_article.landed_articles_are_there"},
        "delete from marts.dim_theme where theme_id = 'authorship'": {"dim_theme.as_configured"},
        "delete from marts.fct_theme_entity_evidence":
            {"fct_theme_entity_evidence.in_one_sentence"},
        "delete from marts.fct_entity_daily where scope = 'with_descendants'":
            {"fct_entity_daily.descendants_include_self"},
    },
    "rows twice": {
        "insert into marts.fct_entity_daily from marts.fct_entity_daily":
            {"fct_entity_daily.key_unique", "every_day.is_there"},
        "insert into marts.fct_theme_evidence from marts.fct_theme_evidence":
            {"fct_theme_evidence.key_unique", "landed_facts.all_published"},
        "insert into marts.article_version from marts.article_version":
            {"dim_article.one_current_version"},
        "insert into quality.fct_disposition from quality.fct_disposition":
            {"fct_disposition.key_unique", "fct_source_edition.conserves"},
    },
    "wrong values": {
        "update marts.fct_theme_daily set stories = -1 where articles > 0":
            {"fct_theme_daily.bounds", "fct_theme_daily.equals_recount"},
        "update marts.fct_entity_daily set share_of_stories = 10 * share_of_stories + 1":
            {"fct_entity_daily.bounds"},
        "update marts.fct_theme_daily set is_burst = true": {"fct_theme_daily.usual_needs_history"},
        "update marts.fct_article_entity set salience = 10 * salience":
            {"fct_article_entity.salience_is_a_share"},
        "update marts.fct_entity_mention set char_start = char_start + 1":
            {"fct_entity_mention.offsets_exact"},
        "update marts.article_text set text = upper(text)":
            {"dim_article.version_id_follows_wording"},
        "update marts.bridge_entity_ancestor set ancestor_id = 'openai' where depth = 1":
            {"bridge_entity_ancestor.as_the_parents_say"},
        "update marts.dim_source set owner_id = 'reel'": {"dim_source.as_configured"},
        "update quality.fct_disposition set status = 'loaded'": {"landed_ends.as_published"},
        "update marts.dim_story set articles = articles + 1": {"dim_story.counts_its_articles"},
        "update marts.fct_theme_entity_daily set articles = 1":
            {"fct_theme_entity_daily.equals_recount"},
        "update marts.fct_coverage_daily set articles = articles + 1":
            {"fct_coverage_daily.equals_recount"},
        "update marts.fct_theme_daily set share_of_stories = share_of_stories / 2":
            {"fct_theme_daily.share_of_whole_texts"},
        "update quality.fct_source_edition set is_silent = true, listed = 0":
            {"fct_source_edition.silent_after_listing"},
        "update marts.dim_article set removed_at = fetched_at": {"dim_article.removals_as_told"},
    },
    "wrong shape": {
        "alter table marts.dim_article drop column tdm_reserved": {"published_columns.complete"},
        "drop table marts.evidence": {"evidence.agrees", "facts_by_article.no_orphans"},
    },
}  # fmt: skip


@pytest.mark.xdist_group("built marts")
def test_healthy_marts_pass(built: Home) -> None:
    assert _failed(built) == {}


@pytest.mark.xdist_group("built marts")
@pytest.mark.parametrize("group", FAULTS)
def test_faults_are_found(built: Home, group: str) -> None:
    failed = _failed(built, *FAULTS[group])
    assert set().union(*FAULTS[group].values()) <= failed.keys()


@pytest.mark.xdist_group("built marts")
def test_rows_that_the_run_did_not_touch_must_be_kept(built: Home) -> None:
    built.publications.mkdir()
    shutil.copyfile(built.candidate(RUN), built.publication("p000001"))
    record = built.work(RUN) / "load.json"
    loaded = read_json(record)
    editions = [{**one, "state": "kept"} for one in loaded["editions"]]
    write_json(record, {**loaded, "base_publication_id": "p000001", "editions": editions})
    with duckdb.connect(built.scratch(RUN)) as scratch:
        article = scratch.execute(
            "delete from raw.touched_article returning article_id"
        ).fetchall()[0][0]
    assert _failed(built) == {}
    damage = f"delete from marts.fct_entity_mention where article_id = '{article}'"
    assert "table_name=fct_entity_mention before=" in _failed(built, damage)["untouched_rows.kept"]
