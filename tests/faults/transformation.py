"""Faults of the built marts: what loading and models get wrong."""

# ruff: noqa: E501 - SQL is read more easily in one line

from tests.faults.fault import Catalogue, Damage
from tests.faults.newsroom import OUTLETS
from tests.faults.scene import Scene

TRANSFORMATION = Catalogue("transformation")
_DAY = "(select max(published_day) from marts.dim_article)"
_TODAY = "(select max(first_seen_edition) from marts.dim_article)"
_OLD = "(select min(article_id) from marts.fct_entity_mention where article_id not in (from scratch.raw.touched_article))"
_OUTLET = OUTLETS[0][0]


def _sql(name: str, catcher: str, what: str, *statements: str) -> None:
    """Add a fault that is done by SQL on the candidate."""

    def damage(scene: Scene) -> None:
        scene.sql(*statements)

    damage.__name__ = name
    added: Damage = damage
    TRANSFORMATION.fault(catcher, what)(added)


_sql(
    "dropped_day",
    "fct_theme_daily.equals_recount",
    "A day is missing from the themes' counts.",
    f"delete from marts.fct_theme_daily where published_day = {_DAY}",
)
_sql(
    "zero_rows_dropped",
    "every_theme_day.is_there",
    "Days on which a theme had nothing are missing.",
    "delete from marts.fct_theme_daily where articles = 0",
)
_sql(
    "day_loaded_twice",
    "fct_entity_daily.key_unique",
    "A day of the entities' counts stands twice.",
    f"insert into marts.fct_entity_daily from marts.fct_entity_daily where published_day = {_DAY}",
)
_sql(
    "day_added_up_twice",
    "fct_theme_daily.equals_recount",
    "A day's counts were added up twice.",
    f"update marts.fct_theme_daily set articles = 2 * articles, texts = 2 * texts where published_day = {_DAY}",
)
_sql(
    "fan_out_join",
    "fct_entity_mention.key_unique",
    "A join made two mentions of one.",
    "insert into marts.fct_entity_mention from marts.fct_entity_mention where sentence_no = 1",
)
_sql(
    "fan_out_of_sentences",
    "article_sentence.key_unique",
    "A join made two sentences of one.",
    "insert into marts.article_sentence from marts.article_sentence using sample 20 rows",
)
_sql(
    "orphan_facts",
    "facts_by_article.no_orphans",
    "Facts whose article is gone.",
    "delete from marts.dim_article where article_id in (select article_id from marts.dim_article limit 9)",
)
_sql(
    "outlet_dropped_by_join",
    "landed_wording.as_published",
    "A join lost an outlet's articles.",
    *(
        f"delete from marts.{one} where article_id in (select article_id from marts.dim_article "
        f"where source_id = '{_OUTLET}')"
        for one in (
            "fct_entity_mention",
            "fct_theme_evidence",
            "fct_article_entity",
            "fct_article_theme",
            "fct_theme_entity_evidence",
            "evidence",
            "article_sentence",
            "article_text",
            "article_url",
            "article_version",
            "article_date_candidate",
        )
    ),
    f"delete from marts.dim_article where source_id = '{_OUTLET}'",
)
_sql(
    "negative_counts",
    "fct_coverage_daily.equals_recount",
    "Counts below zero.",
    "update marts.fct_coverage_daily set articles = -articles",
)
_sql(
    "lost_decimal",
    "fct_theme_daily.share_of_whole_texts",
    "Shares lost their decimal point.",
    "update marts.fct_theme_daily set share_of_stories = share_of_stories * 100",
)
_sql(
    "shares_rounded",
    "fct_entity_daily.share_of_whole_texts",
    "Shares are rounded to nothing.",
    "update marts.fct_entity_daily set share_of_stories = round(share_of_stories)",
)
_sql(
    "wrong_parent",
    "bridge_entity_ancestor.as_the_parents_say",
    "A firm hangs under another owner.",
    "update marts.bridge_entity_ancestor set ancestor_id = (select min(entity_id) from marts.dim_entity) "
    "where depth = 1",
)
_sql(
    "self_link_lost",
    "bridge_theme_ancestor.as_the_parents_say",
    "Themes are not their own descendants.",
    "delete from marts.bridge_theme_ancestor where depth = 0",
)
_sql(
    "stale_owner",
    "dim_source.as_configured",
    "An outlet kept the owner that sold it.",
    "update marts.dim_source set owner_id = 'former', owner = 'Former' where source_id = "
    f"'{_OUTLET}'",
)
_sql(
    "stale_theme",
    "dim_theme.as_configured",
    "A theme kept its old threshold.",
    "update marts.dim_theme set threshold = threshold + 1",
)
_sql(
    "stale_alias",
    "configured_lists.as_configured",
    "A name of an entity was never taken over.",
    "delete from marts.dim_entity_alias where alias = (select min(alias) from marts.dim_entity_alias)",
)
_sql(
    "entity_renamed",
    "dim_entity.as_configured",
    "An entity got another one's name.",
    "update marts.dim_entity set name = 'Somebody else' where not starts_with(entity_id, 'local:')",
)
_sql(
    "old_wording_current",
    "dim_article.one_current_version",
    "Two wordings are current.",
    "update marts.article_version set is_current = true where change <> 'removed'",
)
_sql(
    "first_sight_moved",
    "landed_wording.as_published",
    "Articles are first seen today once more.",
    f"update marts.dim_article set first_seen_edition = {_TODAY} where story_id in "
    f"(select story_id from marts.dim_article where first_seen_edition = {_TODAY})",
)
_sql(
    "days_shifted",
    "landed_wording.as_published",
    "A time zone moved every article by a day.",
    "update marts.dim_article set published_day = published_day - 1",
)
_sql(
    "receipts_shifted",
    "fct_theme_evidence.offsets_exact",
    "Receipts point one character aside.",
    "update marts.fct_theme_evidence set char_start = char_start + 1, char_end = char_end + 1",
)
_sql(
    "stories_torn",
    "story_of_article.follows_its_link",
    "Every article is a story of its own.",
    "update marts.dim_article set story_id = 'story-' || article_id",
)
_sql(
    "texts_merged",
    "text_of_article.follows_its_pairs",
    "All texts of a day count as one.",
    "update marts.dim_article set syndication_id = 'syn-' || (select min(article_id) from marts.dim_article) "
    f"where published_day = {_DAY}",
)
_sql(
    "copies_counted_apart",
    "text_of_article.follows_its_pairs",
    "Copies of a text count as texts.",
    "update marts.dim_article set syndication_id = 'syn-' || article_id",
)
_sql(
    "story_owners_inflated",
    "dim_story.counts_its_articles",
    "A story has more owners than printed it.",
    "update marts.dim_story set owners_reporting = owners_reporting + 1",
)
_sql(
    "salience_doubled",
    "fct_article_entity.salience_is_a_share",
    "Saliences add up to two.",
    "update marts.fct_article_entity set salience = 2 * salience",
)
_sql(
    "bursts_for_all",
    "theme_usual.equals_recount",
    "Every theme is on the rise.",
    "update marts.fct_theme_daily set is_burst = true, p_value = 0.001",
)
_sql(
    "expectation_too_low",
    "entity_usual.equals_recount",
    "What is usual is counted too low.",
    "update marts.fct_entity_daily set expected = expected / 2",
)
_sql(
    "baseline_too_long",
    "theme_usual.of_counted_days",
    "Days that nobody collected count as usual.",
    "update marts.fct_theme_daily set baseline_days = baseline_days + 3",
)
_sql(
    "pairs_with_kin",
    "fct_entity_pair_daily.no_kin",
    "Firms are paired with their own owners.",
    "insert into marts.fct_entity_pair_daily select published_day, least(entity_id, ancestor_id), "
    "greatest(entity_id, ancestor_id), 1, 1, 1 from marts.bridge_entity_ancestor, "
    f"(select {_DAY} as published_day) where depth = 1",
)
_sql(
    "wrong_sentence_in_evidence",
    "evidence.agrees",
    "The wide table quotes other sentences.",
    "update marts.evidence set sentence = title",
)
_sql(
    "removal_forgotten",
    "last_sight.removed_if_gone",
    "An article that is gone is shown as there.",
    "update marts.dim_article set removed_at = null",
)
_sql(
    "removal_invented",
    "dim_article.removals_as_told",
    "Articles are called gone that nobody missed.",
    "update marts.dim_article set removed_at = fetched_at",
)
_sql(
    "ends_of_yesterday",
    "landed_ends.as_published",
    "The ends of URLs are those of another edition.",
    f"update quality.fct_disposition set edition = edition - 1 where edition = {_TODAY}",
)
_sql(
    "silent_outlet_hidden",
    "landed_report.as_published",
    "Failed feeds are shown as well.",
    f"update quality.fct_source_edition set lost_items = true where edition = {_TODAY}",
)
_sql(
    "coverage_of_uncollected_day",
    "fct_coverage_daily.collected_as_told",
    "A day without a look is collected.",
    "update marts.fct_coverage_daily set is_collected = not is_collected",
)
_sql(
    "old_days_lost",
    "untouched_rows.kept",
    "What earlier editions published is lost.",
    f"delete from marts.article_url where article_id = {_OLD}",
)
_sql(
    "old_fact_changed",
    "untouched_rows.kept",
    "A fact of an earlier edition was changed.",
    f"update marts.fct_entity_mention set confidence = confidence / 2 where article_id = {_OLD}",
)
_sql(
    "decision_rewritten",
    "records.kept",
    "The record of an earlier verdict was rewritten.",
    "update quality.expectation_result set success = true, severity = 'warning'",
)
_sql(
    "missing_column",
    "published_columns.complete",
    "A column that queries rely on is gone.",
    "alter table marts.dim_article drop column tdm_reserved",
)
_sql("missing_table", "evidence.agrees", "A table is gone.", "drop table marts.evidence")
_sql(
    "column_of_another_type",
    "published_columns.of_one_type",
    "Counts became numbers with a point.",
    "alter table marts.fct_theme_daily alter articles type double",
)
_sql(
    "table_left_behind",
    "published_columns.nothing_else",
    "A copy of a table was left in the warehouse.",
    "create table marts.dim_article_old as from marts.dim_article",
)
