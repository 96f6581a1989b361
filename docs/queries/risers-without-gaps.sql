-- Which themes rose this week, counted only on outlets without a gap in five weeks?
with newest as (
    select max(published_day) as last_day
    from marts.fct_coverage_daily
    where is_collected
),

archive as (
    -- Read whole: a day without its articles, between days with some, is one on which it has none.
    select
        source.source_id,
        min(coverage.published_day) as first_day,
        max(coverage.published_day) as last_day
    from marts.fct_coverage_daily as coverage
    inner join marts.dim_source as source using (source_id)
    where source.kind = 'archive' and coverage.is_collected
    group by source.source_id
),

steady as (
    select coverage.source_id
    from marts.fct_coverage_daily as coverage
    inner join newest on coverage.published_day between newest.last_day - 34 and newest.last_day
    left join archive
        on
            coverage.source_id = archive.source_id
            and coverage.published_day between archive.first_day and archive.last_day
    group by coverage.source_id
    having count(*) filter (where coverage.is_collected or archive.source_id is not null) = 35
),

counted as (
    select
        branch.ancestor_id as theme_id,
        article.story_id,
        article.published_day > newest.last_day - 7 as is_this_week
    from marts.fct_article_theme
    inner join marts.bridge_theme_ancestor as branch using (theme_id)
    inner join marts.dim_article as article using (article_id)
    inner join steady using (source_id)
    inner join newest on article.published_day between newest.last_day - 34 and newest.last_day
),

bursts as (
    select
        daily.theme_id,
        count(*) filter (where daily.is_burst) as days_beyond_usual
    from marts.fct_theme_daily as daily
    inner join newest on daily.published_day between newest.last_day - 6 and newest.last_day
    where daily.scope = 'with_descendants'
    group by daily.theme_id
)

select
    theme.name as theme,
    count(distinct counted.story_id) filter (where counted.is_this_week) as stories_this_week,
    round(count(distinct counted.story_id) filter (where not counted.is_this_week) / 4, 2)
        as stories_a_week_before,
    bursts.days_beyond_usual,
    (select count(*) from steady) as outlets,
    theme.eval_precision
from counted
inner join marts.dim_theme as theme using (theme_id)
inner join bursts using (theme_id)
group by theme.theme_id, theme.name, theme.eval_precision, bursts.days_beyond_usual
having stories_this_week >= 3 and stories_this_week > stories_a_week_before
order by stories_this_week - stories_a_week_before desc, theme asc
