"""What built marts must not do out of the blue: each theme's share against the last editions."""

from dataclasses import replace

from core.plan import Run
from expectations.checks import Asset, Check, Rows
from expectations.landed_views import HISTORY_EDITIONS

# The share of each edition's new articles, analysed whole, that carry a theme: this edition
# beside the last ones. Themes that may expect fewer than 5 articles are not judged.
THEME_SHARE = """
with edition as (
    select first_seen_edition as edition, count(*) as articles
    from marts.dim_article
    where analysis_level = 'full' and is_truncated is not true
        and first_seen_edition <= date '{edition}'
    group by all order by 1 desc limit {editions} + 1
),
carrying as (
    select first_seen_edition as edition, theme_id, count(*) as carrying
    from marts.dim_article join marts.fct_article_theme using (article_id)
    where analysis_level = 'full' and is_truncated is not true
        and first_seen_edition in (select edition from edition)
    group by all
),
share as (
    select edition, theme_id, coalesce(carrying, 0) as carrying,
        coalesce(carrying, 0) / articles as share
    from edition cross join (select distinct theme_id from carrying)
    left join carrying using (edition, theme_id)
)
select theme_id, any_value(share) filter (edition = date '{edition}') as share,
    min(share) filter (edition < date '{edition}') as smallest,
    max(share) filter (edition < date '{edition}') as largest,
    median(carrying) filter (edition < date '{edition}') as usual_articles
from share group by theme_id
having median(carrying) filter (edition < date '{edition}') >= 5
"""


def marts_history_checks(run: Run, editions: int) -> list[Check]:
    """The history kind; it says that it is inactive where too few editions came before."""
    limits = run.thresholds
    query = THEME_SHARE.format(edition=run.edition, editions=HISTORY_EDITIONS)
    rows = Rows(
        Asset("theme_share", query),
        "Read some of its evidence sentences; a rule may have changed or gone.",
        kind="history",
        severity="warning",
    )
    low, high = limits.history_low_ratio, limits.history_high_ratio
    check = rows.none_where(
        "usual",
        f"share < {low} * smallest or share > {high} * largest",
        "theme_id, share, smallest, largest, usual_articles",
        "A theme that vanishes or floods the day is more often a rule than the news.",
    )
    if editions >= limits.min_history_editions:
        return [check]
    why = f"{editions} of the {limits.min_history_editions} earlier editions that it needs"
    return [replace(check, inactive=why)]
