{{ config(pre_hook="{{ delete_touched_editions() }}") }}

{% set statuses = [
    'loaded', 'unchanged', 'duplicate', 'out_of_window', 'robots_disallowed', 'blocked_address',
    'fetch_failed', 'too_large', 'not_an_article', 'extract_failed', 'quarantined', 'deferred'
] %}

with urls as (
    select
        edition,
        source_id,
        any_value(feed_status) as feed_status,
        any_value(lost_items) as lost_items,
        count(*) filter (where is_discovered) as found
        {%- for status in statuses %},
        count(*) filter (where status = '{{ status }}') as {{ status }}
        {%- endfor %}
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
    {% for status in statuses -%}
        urls.{{ status }},
    {% endfor -%}
    urls.found = 0 as is_silent,
    urls.lost_items,
    delays.median_delay_minutes
from urls
left join delays using (edition, source_id)
