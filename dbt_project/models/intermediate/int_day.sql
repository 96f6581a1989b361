-- Days with any collection: how many collected days stand before them, and what shares divide by.
with outlet_days as (
    select
        source_editions.edition - 1 as day,
        true as is_collected
    from {{ ref('fct_source_edition') }} as source_editions
    inner join {{ ref('dim_source') }} as sources on source_editions.source_id = sources.source_id
    where source_editions.is_collected and sources.kind = 'web'
),

article_days as (
    select
        articles.published_day as day,
        bool_or(sources.kind = 'archive') as is_collected,
        count(distinct articles.story_id) filter (
            where {{ is_measured('articles') }}
        ) as stories_analysed,
        list(
            distinct coalesce(articles.taxonomy_version, '')
            || ' / ' || coalesce(articles.extractor_version, '')
        ) filter (where articles.analysis_level <> 'none') as versions
    from {{ ref('dim_article') }} as articles
    inner join {{ ref('dim_source') }} as sources on articles.source_id = sources.source_id
    where articles.published_precision in ('second', 'minute', 'day')
    group by articles.published_day
),

days as (
    select
        day,
        bool_or(outlet_days.is_collected or article_days.is_collected) as is_collected,
        coalesce(any_value(article_days.stories_analysed), 0) as stories_analysed,
        coalesce(any_value(article_days.versions), []) as versions
    from (select distinct * from outlet_days) as outlet_days
    full join article_days using (day)
    group by day
),

baselines as (
    select
        days.day,
        count(*) filter (where earlier.is_collected) as baseline_days,
        count(*) filter (
            where earlier.is_collected
            and {{ is_weekend('earlier.day') }} = {{ is_weekend('days.day') }}
        ) as like_days,
        list_distinct(
            coalesce(flatten(list(earlier.versions) filter (where earlier.is_collected)), [])
            || any_value(days.versions)
        ) as versions_compared
    from days
    left join days as earlier
        on earlier.day between days.day - 28 and days.day - 1
    group by days.day
)

select
    days.day,
    coalesce(days.is_collected, false) as is_collected,
    days.stories_analysed,
    nullif(array_to_string(list_sort(days.versions), '; '), '') as versions,
    baselines.baseline_days::integer as baseline_days,
    baselines.like_days::integer as like_days,
    -- Too few days, or two ways of measuring, and nothing is said about what is usual.
    baselines.baseline_days >= 14
    and len(baselines.versions_compared) <= 1 as is_comparable,
    touched_days.day is not null as is_touched
from days
inner join baselines using (day)
left join {{ ref('int_touched_day') }} as touched_days using (day)
