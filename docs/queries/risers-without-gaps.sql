-- Which themes rose above their usual on days when every outlet was collected?
with whole_days as (
    select published_day
    from marts.fct_coverage_daily
    group by published_day
    having bool_and(is_collected)
)

select
    daily.published_day,
    theme.name as theme,
    daily.stories,
    daily.expected,
    daily.low,
    daily.high,
    daily.owners_reporting,
    daily.p_value,
    daily.is_burst
from marts.fct_theme_daily as daily
inner join whole_days using (published_day)
inner join marts.dim_theme as theme using (theme_id)
where
    daily.scope = 'with_descendants'
    and daily.stories > daily.high
order by daily.published_day desc, daily.p_value asc, theme.name asc
