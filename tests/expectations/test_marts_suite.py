"""Each fault of built marts fails the expectation that says what is true instead."""

import duckdb
import pytest

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


FAULTS = [
    ("dropped day", "delete from marts.fct_theme_daily where published_day = "
     "(select max(published_day) from marts.dim_article)", "fct_theme_daily.equals_recount"),
    ("dropped day", "delete from marts.fct_theme_daily where published_day = "
     "(select max(published_day) from marts.dim_article)", "every_day.is_there"),
    ("day twice", "insert into marts.fct_entity_daily from marts.fct_entity_daily",
     "fct_entity_daily.key_unique"),
    ("orphans", "delete from marts.dim_article where source_id = 'werkbank'",
     "facts_by_article.no_orphans"),
    ("articles lost", "delete from marts.dim_article where source_id = 'werkbank'",
     "dim_article.landed_articles_are_there"),
    ("fan-out join", "insert into marts.fct_entity_mention from marts.fct_entity_mention",
     "fct_entity_mention.key_unique"),
    ("fan-out join", "insert into marts.fct_entity_mention from marts.fct_entity_mention",
     "landed_facts.all_published"),
    ("facts lost", "delete from marts.fct_theme_evidence where article_id = "
     "(select min(article_id) from marts.dim_article)", "landed_facts.all_published"),
    ("negative", "update marts.fct_theme_daily set stories = -1 where articles > 0",
     "fct_theme_daily.bounds"),
    ("lost decimal", "update marts.fct_theme_daily set share_of_stories = share_of_stories * 10",
     "fct_theme_daily.bounds"),
    ("lost decimal", "update marts.fct_article_entity set salience = 10 * salience",
     "fct_article_entity.salience_is_a_share"),
    ("offsets", "update marts.fct_entity_mention set char_start = char_start + 1",
     "fct_entity_mention.offsets_exact"),
    ("other text", "update marts.article_text set text = upper(text)",
     "dim_article.version_id_follows_wording"),
    ("wrong parent", "update marts.bridge_entity_ancestor set ancestor_id = 'openai' "
     "where depth = 1", "bridge_entity_ancestor.parents_as_configured"),
    ("wrong parent", "delete from marts.bridge_theme_ancestor where depth = 0",
     "bridge_theme_ancestor.every_node_itself"),
    ("descendants", "delete from marts.fct_entity_daily where scope = 'with_descendants'",
     "fct_entity_daily.descendants_include_self"),
    ("stale dimension", "update marts.dim_source set owner_id = 'reel'",
     "dim_source.as_configured"),
    ("missing dimension", "delete from marts.dim_theme where theme_id = 'authorship'",
     "dim_theme.as_configured"),
    ("two current versions", "insert into marts.article_version from marts.article_version",
     "dim_article.one_current_version"),
    ("disposition", "delete from quality.fct_disposition where status = 'fetch_failed'",
     "fct_source_edition.conserves"),
    ("disposition", "update quality.fct_disposition set status = 'loaded'",
     "fct_disposition.as_landed"),
    ("story", "update marts.dim_story set articles = articles + 1",
     "dim_story.counts_its_articles"),
    ("pairs", "delete from marts.fct_entity_pair_daily", "fct_entity_pair_daily.equals_recount"),
    ("pairs", "update marts.fct_theme_entity_daily set articles = 1",
     "fct_theme_entity_daily.equals_recount"),
    ("coverage", "update marts.fct_coverage_daily set articles = articles + 1",
     "fct_coverage_daily.equals_recount"),
    ("column", "alter table marts.dim_article drop column tdm_reserved",
     "published_columns.complete"),
    ("table", "drop table marts.evidence", "evidence.agrees"),
    ("wide table", "delete from marts.evidence", "evidence.complete"),
    ("together", "delete from marts.fct_theme_entity_evidence",
     "fct_theme_entity_evidence.in_one_sentence"),
    ("early burst", "update marts.fct_theme_daily set is_burst = true",
     "fct_theme_daily.usual_needs_history"),
]  # fmt: skip


@pytest.mark.xdist_group("built marts")
def test_healthy_marts_pass(built: Home) -> None:
    assert _failed(built) == {}


@pytest.mark.xdist_group("built marts")
@pytest.mark.parametrize(("damage", "expectation"), [fault[1:] for fault in FAULTS],
                         ids=[f"{fault[0]}-{fault[2]}" for fault in FAULTS])  # fmt: skip
def test_a_fault_is_found(built: Home, damage: str, expectation: str) -> None:
    failed = _failed(built, damage)
    assert expectation in failed
