-- What each outlet gave for a day. Every outlet that an edition had to collect has a row for the
-- day before the edition: it was quiet where it was collected and gave nothing. Articles without a
-- known day are counted in `undated` of the day that the edition of their first sight collected.
{{ config(pre_hook="{{ delete_touched_days() }}") }}

with dated as (
    select
        published_day,
        source_id,
        count(*) as articles,
        count(distinct syndication_id) as texts,
        count(distinct story_id) as stories,
        count(*) filter (where {{ is_measured() }}) as analysed,
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

covered as (
    select
        edition - 1 as published_day,
        source_id,
        is_collected
    from {{ ref('fct_source_edition') }}
    where edition - 1 in (select day from {{ ref('int_touched_day') }})
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
    -- An archive holds the days that it has articles of, whenever it is read.
    case sources.kind
        when 'archive' then coalesce(dated.articles > 0, false)
        else coalesce(covered.is_collected, false)
    end as is_collected
from dated
full join undated using (published_day, source_id)
full join covered using (published_day, source_id)
inner join {{ ref('dim_source') }} as sources using (source_id)
