"""What must be true of daily facts: they equal a recount from the article-level facts."""

from expectations.checks import Asset, Check, Rows
from expectations.marts_baseline import baseline_checks, baseline_setup

# Articles of a known day with all that daily facts count by; made once for all recounts.
COUNTED = """
create temp table counted as
select a.article_id, a.published_day, a.syndication_id, a.story_id, a.source_id, a.analysis_level,
    a.is_truncated, a.analysis_level = 'full' and a.is_truncated is not true as is_measured,
    printer.owner_id, if(lead.origin in ('agency', 'press_release'), lead.origin, origin.owner_id)
        as origin_owner_id,
    a.published_day in (select day from touched_day) as is_touched_day,
    a.published_day in (
        select published_day from marts.dim_article semi join touched using (article_id)
    ) as is_own_day
from marts.dim_article a
left join marts.dim_source printer on printer.source_id = a.source_id
left join marts.dim_article lead on 'syn-' || lead.article_id = a.syndication_id
left join marts.dim_source origin on origin.source_id = lead.source_id
where a.published_precision in ('second', 'minute', 'day')
"""
MEASURES = ("articles", "texts", "stories", "owners_printing", "owners_reporting")

_NODE_DAILY = """
with of_node as (
    select 'self' as scope, {key}, counted.*
    from counted join marts.fct_article_{node} using (article_id)
    where is_touched_day
    union
    select 'with_descendants', bridge.ancestor_id, counted.*
    from counted join marts.fct_article_{node} facts using (article_id)
    join marts.bridge_{node}_ancestor bridge on bridge.{key} = facts.{key} {validity}
    where is_touched_day
),
recount as (
    select published_day, {key}, scope, count(*) as articles,
        count(distinct syndication_id) as texts, count(distinct story_id) as stories,
        count(distinct owner_id) as owners_printing,
        count(distinct origin_owner_id) as owners_reporting,
        count(distinct story_id) filter (is_measured) as stories_measured
    from of_node group by all
),
measured as (
    select published_day, count(distinct story_id) as day_stories
    from counted where is_measured group by all
)
select published_day, {key}, scope, {columns}, daily.published_day is null as is_missing,
    daily.share_of_stories, coalesce(stories_measured, 0) / day_stories as counted_share,
    daily.baseline_days, daily.expected, daily.low, daily.high, daily.p_value, daily.is_burst
from (select *, published_day as day from marts.fct_{node}_daily
    where published_day in (select day from touched_day)) as daily
full join recount using (published_day, {key}, scope)
left join measured using (published_day)
"""
# An entity's link to its owner counts while it holds on the day of publication.
_VALID = (
    "and published_day >= coalesce(bridge.valid_from, published_day) "
    "and (bridge.valid_to is null or published_day < bridge.valid_to)"
)

# Sums over all days, also those that this run did not touch.
_ALL_DAYS = """
select '{node}' as node, published_day, facts, articles from (
    select published_day, count(*) as facts
    from counted join marts.fct_article_{node} using (article_id) group by published_day
) full join (
    select published_day, sum(articles) as articles
    from marts.fct_{node}_daily where scope = 'self' group by published_day
) using (published_day)
where facts is not null or articles <> 0
"""

THEME_ENTITY = """
with recount as (
    select published_day, theme_id, entity_id, count(distinct article_id) as articles,
        count(distinct story_id) as stories,
        count(distinct story_id) filter (is_together) as stories_same_sentence
    from (from counted where is_own_day)
    join (select article_id, theme_id from marts.fct_article_theme) using (article_id)
    join (select article_id, entity_id from marts.fct_article_entity) using (article_id)
    left join (
        select distinct article_id, theme_id, entity_id, true as is_together
        from marts.fct_theme_entity_evidence
    ) using (article_id, theme_id, entity_id)
    group by all
)
select published_day, theme_id, entity_id, {columns}
from (from marts.fct_theme_entity_daily
    where published_day in (select published_day from counted where is_own_day)) as daily
full join recount using (published_day, theme_id, entity_id)
"""

# A name outside the gazetteer enters pairs only on days when at least two stories have it.
PAIR = """
with named as (
    select article_id, published_day, story_id, entity_id
    from (from counted where is_own_day) join marts.fct_article_entity using (article_id)
    window entity_day as (partition by published_day, entity_id)
    qualify not starts_with(entity_id, 'local:')
        or min(story_id) over entity_day <> max(story_id) over entity_day
),
sentence as (
    select distinct article_id, sentence_no, entity_id
    from marts.fct_entity_mention where article_id in (select article_id from named)
),
together as (
    select distinct a.article_id, a.entity_id as entity_id_a, b.entity_id as entity_id_b,
        true as is_together
    from sentence a join sentence b using (article_id, sentence_no)
    where a.entity_id < b.entity_id
),
recount as (
    select a.published_day, a.entity_id as entity_id_a, b.entity_id as entity_id_b,
        count(distinct article_id) as articles, count(distinct a.story_id) as stories,
        count(distinct a.story_id) filter (is_together) as stories_same_sentence
    from named a join named b using (article_id)
    left join together on together.article_id = a.article_id
        and together.entity_id_a = a.entity_id and together.entity_id_b = b.entity_id
    where a.entity_id < b.entity_id
    group by all
),
kin as (
    select least(entity_id, ancestor_id) as entity_id_a,
        greatest(entity_id, ancestor_id) as entity_id_b
    from marts.bridge_entity_ancestor where depth > 0
)
select published_day, entity_id_a, entity_id_b, {columns},
    (entity_id_a, entity_id_b) in (select (entity_id_a, entity_id_b) from kin) as is_kin
from (from marts.fct_entity_pair_daily
    where published_day in (select published_day from counted where is_own_day)) as daily
full join recount using (published_day, entity_id_a, entity_id_b)
"""
PAIR_MEASURES = ("articles", "stories", "stories_same_sentence")

COVERAGE = """
with recount as (
    select published_day, source_id, count(*) as articles,
        count(distinct syndication_id) as texts, count(distinct story_id) as stories,
        count_if(is_measured) as analysed, count_if(is_truncated) as truncated
    from counted group by all
),
without_day as (
    select first_seen_edition - 1 as published_day, source_id, count(*) as undated
    from marts.dim_article where published_precision not in ('second', 'minute', 'day') group by all
),
look as (
    select edition - 1 as published_day, source_id, is_collected as was_collected
    from quality.fct_source_edition
)
select published_day, source_id, {columns}, daily.undated,
    coalesce(without_day.undated, 0) as counted_undated, daily.is_collected, was_collected,
    source.kind
from marts.fct_coverage_daily as daily
full join recount using (published_day, source_id)
full join without_day using (published_day, source_id)
left join look using (published_day, source_id)
left join marts.dim_source as source using (source_id)
"""
COVERAGE_MEASURES = ("articles", "texts", "stories", "analysed", "truncated")


def daily_setup() -> list[str]:
    """Statements that the assets of these checks need, after the databases are attached."""
    return [COUNTED, *baseline_setup()]


def daily_checks(remedy: str) -> list[Check]:
    """Every check of the daily facts; `remedy` is what to do when one fails."""
    return [
        *_node_daily("theme", "", remedy),
        *_node_daily("entity", _VALID, remedy),
        *_all_days(remedy),
        _every_theme_day(remedy),
        *baseline_checks(remedy),
        *_pairs(remedy),
        *_coverage(remedy),
    ]


def _columns(measures: tuple[str, ...]) -> str:
    """Published and recounted measures; what is missing is nothing counted."""
    return ", ".join(
        f"daily.{name}, coalesce(recount.{name}, 0) as counted_{name}" for name in measures
    )


def _differ(measures: tuple[str, ...]) -> str:
    return " or ".join(f"coalesce({name}, 0) <> counted_{name}" for name in measures)


def _node_daily(node: str, validity: str, remedy: str) -> list[Check]:
    key = f"{node}_id"
    query = _NODE_DAILY.format(node=node, key=key, validity=validity, columns=_columns(MEASURES))
    rows = Rows(Asset(f"fct_{node}_daily", query), remedy)
    show = f"published_day, {key}, scope"
    return [
        rows.unique(["published_day", key, "scope"], "A day that stands twice counts twice."),
        rows.in_set("scope", ("self", "with_descendants"), "Counts never add over scopes."),
        rows.none_where(
            "equals_recount", _differ(MEASURES),
            f"{show}, articles, counted_articles, stories, counted_stories, owners_printing, "
            "counted_owners_printing, owners_reporting, counted_owners_reporting",
            "A daily figure is what its articles say, counted again from them.",
        ),
        rows.none_where(
            "share_of_whole_texts",
            "abs(coalesce(share_of_stories, -1) - coalesce(counted_share, -1)) > 1e-9",
            f"{show}, share_of_stories, counted_share",
            "A share counts articles that were seen whole and fully analysed, on both its sides.",
        ),
        rows.none_where(
            "bounds",
            "least(articles, texts, stories, owners_printing, owners_reporting) < 0 "
            "or texts > articles or stories > articles or owners_printing > articles "
            "or owners_reporting > texts or share_of_stories not between 0 and 1",
            f"{show}, articles, texts, stories, owners_printing, owners_reporting, "
            "share_of_stories",
            "No more texts or stories than articles, no more owners than what they printed.",
        ),
        rows.none(
            "descendants_include_self",
            f"select one.published_day, one.{key}, one.articles, wide.articles as with_descendants "
            f"from batch one left join batch wide on wide.published_day = one.published_day "
            f"and wide.{key} = one.{key} and wide.scope = 'with_descendants' "
            "where one.scope = 'self' and (wide.articles is null or wide.articles < one.articles "
            "or wide.stories < one.stories)",
            "What counts for a node counts with its descendants, too.",
        ),
        rows.none_where(
            "usual_needs_history",
            "(baseline_days < 14 and (expected is not null or low is not null or high is not null "
            "or p_value is not null or is_burst is not null)) or low > high or expected < 0 "
            "or p_value not between 0 and 1 or baseline_days not between 0 and 28",
            f"{show}, baseline_days, expected, low, high, p_value",
            "Below 14 collected days nothing can be called usual.",
        ),
    ]  # fmt: skip


def _all_days(remedy: str) -> list[Check]:
    query = "union all".join(_ALL_DAYS.format(node=node) for node in ("theme", "entity"))
    rows = Rows(Asset("every_day", query), remedy)
    return [
        rows.none_where(
            "is_there", "facts is distinct from articles", "node, published_day, facts, articles",
            "A day that is missing or stands twice makes a theme fall or rise that did not.",
        )
    ]  # fmt: skip


def _every_theme_day(remedy: str) -> Check:
    wanted = (
        "select day, theme_id, scope from known_day cross join marts.dim_theme "
        "cross join (values ('self'), ('with_descendants')) as scopes(scope) "
        "where day in (select day from touched_day) "
        "and (retired_in_edition is null or day < retired_in_edition)"
    )
    rows = Rows(Asset("every_theme_day", wanted), remedy)
    return rows.none(
        "is_there",
        "select day, theme_id, scope from batch where (day, theme_id, scope) not in "
        "(select (published_day, theme_id, scope) from marts.fct_theme_daily)",
        "A day without its zero is no day on which a theme had nothing.",
    )


def _pairs(remedy: str) -> list[Check]:
    measures = _columns(PAIR_MEASURES)
    theme = Rows(Asset("fct_theme_entity_daily", THEME_ENTITY.format(columns=measures)), remedy)
    pair = Rows(Asset("fct_entity_pair_daily", PAIR.format(columns=measures)), remedy)
    differ = _differ(PAIR_MEASURES)
    shown = "articles, counted_articles, stories, counted_stories, stories_same_sentence, \
counted_stories_same_sentence"
    return [
        theme.unique(["published_day", "theme_id", "entity_id"], "A pair counts once a day."),
        theme.none_where(
            "equals_recount", differ, f"published_day, theme_id, entity_id, {shown}",
            "A daily figure is what its articles say, counted again from them.",
        ),
        pair.unique(["published_day", "entity_id_a", "entity_id_b"], "A pair counts once a day."),
        pair.none_where(
            "equals_recount",
            f"not is_kin and ({differ})",
            f"published_day, entity_id_a, entity_id_b, {shown}",
            "A daily figure is what its articles say, counted again from them.",
        ),
        pair.none_where(
            "no_kin", "articles is not null and (is_kin or entity_id_a >= entity_id_b)",
            "published_day, entity_id_a, entity_id_b",
            "A firm always stands beside its owner; such pairs say nothing.",
        ),
    ]  # fmt: skip


def _coverage(remedy: str) -> list[Check]:
    query = COVERAGE.format(columns=_columns(COVERAGE_MEASURES))
    rows = Rows(Asset("fct_coverage_daily", query), remedy)
    return [
        rows.unique(["published_day", "source_id"], "An outlet's day counts once."),
        rows.none_where(
            "equals_recount", _differ(COVERAGE_MEASURES),
            "published_day, source_id, articles, counted_articles, analysed, counted_analysed",
            "Coverage is what the articles say, over all days.",
        ),
        rows.none_where(
            "collected_as_told",
            "undated is distinct from counted_undated or is_collected is distinct from "
            "if(kind = 'archive', articles > 0, coalesce(was_collected, false))",
            "published_day, source_id, undated, counted_undated, is_collected, was_collected",
            "A day was collected if a look of its edition was answered; undated articles count "
            "on the day that was collected when they were seen first.",
        ),
    ]  # fmt: skip
