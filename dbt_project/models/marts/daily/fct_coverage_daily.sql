-- What each outlet gave for a day. Articles without a known day are counted in `undated` of the
-- day that the edition of their first sight collected.
{{ config(pre_hook="{{ delete_touched_days() }}") }}

with dated as (
    select
        published_day,
        source_id,
        count(*) as articles,
        count(distinct syndication_id) as texts,
        count(distinct story_id) as stories,
        count(*) filter (where analysis_level = 'full') as analysed,
        count(*) filter (where is_truncated) as truncated
    from {{ ref('int_counted_article') }}
    group by published_day, source_id
),

undated as (
    select
        first_seen_edition - 1 as published_day,
        source_id,
        count(*) as undated
    from {{ ref('dim_article') }}
    where
        published_precision not in ('second', 'minute', 'day')
        and first_seen_edition - 1 in (select day from {{ ref('int_touched_day') }})
    group by first_seen_edition, source_id
),

-- An edition collects the day before it; an archive holds the days that it has articles of.
collected as (
    select
        source_editions.edition - 1 as published_day,
        source_editions.source_id,
        true as is_collected
    from {{ ref('fct_source_edition') }} as source_editions
    inner join {{ ref('dim_source') }} as sources on source_editions.source_id = sources.source_id
    where
        source_editions.feed_status = 'ok'
        and sources.kind = 'web'
        and source_editions.edition - 1 in (select day from {{ ref('int_touched_day') }})
)

select
    published_day,
    source_id,
    coalesce(dated.articles, 0) as articles,
    coalesce(dated.texts, 0) as texts,
    coalesce(dated.stories, 0) as stories,
    coalesce(dated.analysed, 0) as analysed,
    coalesce(dated.truncated, 0) as truncated,
    coalesce(undated.undated, 0) as undated,
    coalesce(collected.is_collected, sources.kind = 'archive' and dated.articles > 0, false)
        as is_collected
from dated
full join undated using (published_day, source_id)
full join collected using (published_day, source_id)
inner join {{ ref('dim_source') }} as sources using (source_id)
