{{ config(pre_hook="{{ delete_touched_editions() }}") }}

with urls as (
    select
        edition,
        source_id,
        any_value(feed_status) as feed_status,
        any_value(lost_items) as lost_items,
        count(*) filter (where is_discovered) as found,
        count(*) filter (where status = 'loaded') as loaded,
        count(*) filter (where status = 'unchanged') as unchanged,
        count(*) filter (where status = 'duplicate') as duplicate,
        count(*) filter (where status = 'out_of_window') as out_of_window,
        count(*) filter (where status = 'robots_disallowed') as robots_disallowed,
        count(*) filter (where status = 'blocked_address') as blocked_address,
        count(*) filter (where status = 'fetch_failed') as fetch_failed,
        count(*) filter (where status = 'too_large') as too_large,
        count(*) filter (where status = 'not_an_article') as not_an_article,
        count(*) filter (where status = 'extract_failed') as extract_failed,
        count(*) filter (where status = 'quarantined') as quarantined,
        count(*) filter (where status = 'deferred') as deferred
    from {{ ref('stg_collection') }}
    group by edition, source_id
),

delays as (
    select
        edition,
        source_id,
        median(date_diff('minute', published_at, first_seen_at)) as median_delay_minutes
    from {{ ref('stg_article') }}
    where published_precision in ('second', 'minute')
    group by edition, source_id
)

select
    urls.edition,
    urls.source_id,
    urls.feed_status,
    urls.found,
    urls.loaded,
    urls.unchanged,
    urls.duplicate,
    urls.out_of_window,
    urls.robots_disallowed,
    urls.blocked_address,
    urls.fetch_failed,
    urls.too_large,
    urls.not_an_article,
    urls.extract_failed,
    urls.quarantined,
    urls.deferred,
    urls.found = 0 as is_silent,
    urls.lost_items,
    delays.median_delay_minutes
from urls
left join delays using (edition, source_id)
