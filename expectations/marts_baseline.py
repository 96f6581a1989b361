"""What must be true of what is usual: baselines and bursts, counted again for touched days."""

from expectations.checks import Asset, Check, Rows

# Days with any collection, and by which versions their articles were analysed.
DAY = """
create temp table known_day as
with article_day as (
    select published_day as day, bool_or(source.kind = 'archive') as is_archive,
        coalesce(list(distinct coalesce(taxonomy_version, '') || ' / '
            || coalesce(extractor_version, '')) filter (analysis_level <> 'none'), []) as versions
    from marts.dim_article join marts.dim_source as source using (source_id)
    where published_precision in ('second', 'minute', 'day') group by all
),
look as (
    select distinct edition - 1 as day
    from quality.fct_source_edition join marts.dim_source as source using (source_id)
    where is_collected and source.kind = 'web'
)
select day, look.day is not null or coalesce(is_archive, false) as is_collected,
    coalesce(versions, []) as versions, isodow(day) > 5 as is_weekend
from (select *, day as looked from look) as look full join article_day using (day)
"""

# A day with the collected days among the 28 before it.
BASELINE = """
create temp table baseline as
select day.day, count(earlier.day) as baseline_days,
    count(earlier.day) filter (earlier.is_weekend = day.is_weekend) as like_days,
    any_value(nullif(array_to_string(list_sort(day.versions), '; '), '')) as versions,
    count(earlier.day) >= 14 and len(list_distinct(
        coalesce(flatten(list(earlier.versions) filter (earlier.day is not null)), [])
        || any_value(day.versions))) <= 1 as is_comparable
from (from known_day where day in (select day from touched_day)) as day
left join (from known_day where is_collected) as earlier
    on earlier.day between day.day - 28 and day.day - 1
group by day.day
"""

# Zeros are not in the list of counts; the nearest rank of a quantile counts them first.
_QUANTILE = (
    "coalesce(list_extract(counts, greatest(ceil({q} * days)::integer "
    "- (days - len(counts))::integer, 0)), 0)"
)
# The tail of the negative binomial that predicts a count from `like_total` on `like_days`.
_TAIL = """
greatest(0, 1 - coalesce(list_sum(list_transform(range(stories), lambda fewer: exp(
    lgamma(like_total + 0.5 + fewer) - lgamma(like_total + 0.5) - lgamma(fewer + 1)
    + (like_total + 0.5) * ln(like_days / (like_days + 1)) - fewer * ln(like_days + 1)
))), 0))
"""
USUAL = f"""
with daily as (
    select marts.*, baseline.baseline_days as days, baseline.versions as day_versions, like_days,
        is_comparable
    from marts.fct_{{node}}_daily as marts join baseline on baseline.day = marts.published_day
),
summed as (
    select published_day, {{key}}, scope, coalesce(list(h.stories order by h.stories)
            filter (h.stories is not null), []) as counts,
        coalesce(sum(h.stories), 0) as total,
        coalesce(sum(h.stories) filter (
            (isodow(h.day) > 5) = (isodow(published_day) > 5)), 0)::double as like_total
    from (from daily where is_comparable) as d left join (
        select {{key}} as node_id, scope as of_scope, published_day as day, stories
        from marts.fct_{{node}}_daily where stories > 0
            and published_day in (select day from known_day where is_collected)
    ) as h on h.node_id = d.{{key}} and h.of_scope = d.scope
        and h.day between d.published_day - 28 and d.published_day - 1
    group by all
)
select published_day, {{key}} as id, scope, baseline_days, days, versions, day_versions,
    is_comparable,
    expected, low, high, p_value, is_burst, stories, owners_reporting, like_days,
    if(is_comparable, total / days, null) as counted_expected,
    if(is_comparable, {_QUANTILE.format(q=0.05)}, null) as counted_low,
    if(is_comparable, {_QUANTILE.format(q=0.95)}, null) as counted_high,
    if(is_comparable and like_days > 0, {_TAIL}, null) as counted_p_value
from daily left join summed using (published_day, {{key}}, scope)
"""


def baseline_setup() -> list[str]:
    """Statements that the asset of these checks needs; `touched_day` is there."""
    return [DAY, BASELINE]


def baseline_checks(remedy: str) -> list[Check]:
    """The checks of what is usual, for themes and entities."""
    return [check for node in ("theme", "entity") for check in _usual(node, remedy)]


def _usual(node: str, remedy: str) -> list[Check]:
    rows = Rows(Asset(f"{node}_usual", USUAL.format(node=node, key=f"{node}_id")), remedy)
    far = " or ".join(
        f"abs(coalesce({one}, -1) - coalesce(counted_{one}, -1)) > 1e-6"
        for one in ("expected", "low", "high", "p_value")
    )
    return [
        rows.none_where(
            "of_counted_days",
            "baseline_days is distinct from days or versions is distinct from day_versions",
            "published_day, id, scope, baseline_days, days, versions, day_versions",
            "What is usual is told by the collected days before, all measured in one way.",
        ),
        rows.none_where(
            "equals_recount",
            f"({far}) or is_burst is distinct from if(p_value is null, null, "
            "p_value < 0.005 and stories >= 3 and owners_reporting >= 2)",
            "published_day, id, scope, stories, expected, counted_expected, low, counted_low, "
            "high, counted_high, p_value, counted_p_value, is_burst",
            "A rise is only one against what was counted before, counted again.",
        ),
    ]  # fmt: skip
