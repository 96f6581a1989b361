"""What built marts must not do out of the blue: change against the last editions."""

from core.config import Thresholds
from core.plan import Run
from expectations.checks import Asset, Check, Rows
from expectations.landed_history import inactive_below
from expectations.landed_views import HISTORY_EDITIONS

# New articles of this edition and of the last ones, those analysed whole.
RECENT = """
create temp table recent as
select article_id, first_seen_edition as edition, analysis_level = 'full' as is_full,
    analysis_level = 'full' and is_truncated is not true as is_measured, syndication_id, story_id
from marts.dim_article where first_seen_edition in (
    select distinct first_seen_edition from marts.dim_article
    where first_seen_edition <= date '{edition}' order by 1 desc limit {editions} + 1
)
"""

# A theme's share of an edition's measured articles, an entity's of all, beside the last editions'.
SHARE = """
with article as (
    select article_id, edition from recent where {where}
),
total as (select edition, count(*) as articles from article group by all),
carrying as (
    select edition, {node}_id as id, count(*) as carrying
    from article join marts.fct_article_{node} using (article_id) group by all
),
share as (
    select edition, id, coalesce(carrying, 0) as carrying, coalesce(carrying, 0) / articles as share
    from total cross join (select distinct id from carrying) left join carrying using (edition, id)
)
select '{node}' as node, id, any_value(share) filter (edition = date '{edition}') as share,
    min(share) filter (edition < date '{edition}') as smallest,
    max(share) filter (edition < date '{edition}') as largest,
    median(carrying) filter (edition < date '{edition}') as usual_articles,
    any_value(carrying) filter (edition = date '{edition}') as articles
from share group by all
"""

# How much is found in an edition's articles on the average.
YIELD = """
with per_edition as (
    select edition, count(*) as articles, avg(is_full::integer) as fully_analysed,
        avg(coalesce(mentions, 0)) as mentions, avg(coalesce(names, 0)) as names,
        avg(coalesce(themes, 0)) as themes,
        count(distinct syndication_id) / count(*) as texts_per_article,
        count(distinct story_id) / count(*) as stories_per_article
    from recent
    left join (
        select article_id, sum(mentions) as mentions, count(*) as names
        from marts.fct_article_entity semi join recent using (article_id) group by all
    ) using (article_id)
    left join (
        select article_id, count(*) as themes
        from marts.fct_article_theme semi join recent using (article_id) group by all
    ) using (article_id)
    group by all
),
measured as (
    unpivot per_edition on fully_analysed, mentions, names, themes, texts_per_article,
        stories_per_article into name measure value value
)
select measure, any_value(articles) filter (edition = date '{edition}') as articles,
    any_value(value) filter (edition = date '{edition}') as value,
    min(value) filter (edition < date '{edition}' and articles >= 5) as smallest,
    max(value) filter (edition < date '{edition}' and articles >= 5) as largest
from measured group by all
"""


def history_setup(run: Run) -> list[str]:
    """Statements that the assets of these checks need."""
    return [RECENT.format(edition=run.edition, editions=HISTORY_EDITIONS)]


def marts_history_checks(run: Run, editions: int) -> list[Check]:
    """The history kind; each says that it is inactive where too few editions came before."""
    checks = [*_shares(run, run.thresholds), *_yields(run, run.thresholds)]
    return inactive_below(run.thresholds, editions, checks)


def _shares(run: Run, limits: Thresholds) -> list[Check]:
    theme = SHARE.format(node="theme", where="is_measured", edition=run.edition)
    entity = SHARE.format(node="entity", where="true", edition=run.edition)
    remedy = "Read some of its evidence sentences; a rule or an alias may have changed or gone."
    themes = Rows(Asset("theme_share", theme), remedy, kind="history", severity="warning")
    entities = Rows(Asset("entity_share", entity), remedy, kind="history", severity="warning")
    low, high = limits.history_low_ratio, limits.history_high_ratio
    slack = limits.max_change_of_share
    show = "id, share, smallest, largest, usual_articles"
    return [
        themes.none_where(
            "usual",
            f"usual_articles >= 5 and (share < {low} * smallest or share > {high} * largest) "
            f"or (articles >= 5 and share > largest + {slack})",
            show, "A theme that vanishes or floods the day is more often a rule than the news.",
        ).leaving_out("select id from batch where usual_articles < 5 and articles < 5"),
        entities.none_where(
            "usual",
            f"articles >= 5 and share > {high} * largest and share > largest + {slack}",
            show, "A name that is suddenly everywhere has an alias that is an ordinary word.",
        ),
    ]  # fmt: skip


def _yields(run: Run, limits: Thresholds) -> list[Check]:
    rows = Rows(
        Asset("yield", YIELD.format(edition=run.edition)),
        "Compare this edition's facts with older ones; a model, a list or a station has failed.",
        kind="history",
    )
    low, high = limits.history_low_ratio, limits.history_high_ratio
    return [
        rows.none_where(
            "usual",
            f"articles >= 5 and (value < {low} * smallest or value > {high} * largest)",
            "measure, value, smallest, largest, articles",
            "How much articles say hardly changes overnight; how much of it is found can.",
        )
    ]  # fmt: skip
