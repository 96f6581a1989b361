-- Every configured outlet in every edition. Whether an outlet is silent depends on the editions
-- before, and its dates on which edition saw an article first: so the whole table is written anew,
-- the landed figures of editions that did not change as they stood in it.
{{ config(incremental_strategy='rewrite') }}

{% set touched_editions = ref('int_touched_edition') -%}
{% set statuses = [
    'loaded', 'unchanged', 'duplicate', 'out_of_window', 'robots_disallowed', 'blocked_address',
    'fetch_failed', 'too_large', 'not_an_article', 'extract_failed', 'quarantined', 'deferred',
] -%}
with urls as (
    select
        edition,
        source_id,
        {% for status in statuses -%}
            count(*) filter (where dispositions.status = '{{ status }}') as {{ status }},
        {% endfor -%}
        count(*) filter (where discovered.is_listed)::integer as listed,
        count(discovered.is_listed) as found
    from {{ ref('stg_discovered') }} as discovered
    full join {{ ref('stg_disposition') }} as dispositions using (edition, source_id, url)
    group by edition, source_id
),

landed as (
    select
        edition,
        source_id,
        reports.feed_status,
        reports.lost_items,
        reports.looks,
        reports.failed_looks,
        reports.tls_verified,
        urls.* exclude (edition, source_id)
    from {{ ref('stg_source_report') }} as reports
    full join urls using (edition, source_id)
    {% if is_incremental() %}
        union all by name
        select
            edition,
            source_id,
            feed_status,
            lost_items,
            looks,
            failed_looks,
            tls_verified,
            found,
            listed,
            {{ statuses | join(', ') }}
        from {{ this }}
        where
            edition not in (select edition from {{ touched_editions }})
            and (feed_status <> 'not_collected' or found > 0)
    {% endif %}
),

configured as (
    select
        editions.edition,
        sources.source_id
    from {{ ref('stg_edition') }} as editions
    inner join {{ ref('stg_source') }} as sources
        on
            editions.edition >= coalesce(sources.active_from, editions.edition)
            and editions.edition <= coalesce(sources.active_to, editions.edition)
            and (
                sources.retired_in_edition is null
                or editions.edition < sources.retired_in_edition
            )
    where editions.state <> 'withdrawn'
),

outlets as (
    select
        edition,
        source_id,
        coalesce(landed.feed_status, 'not_collected') as feed_status,
        -- A look fails with the worst of its entry points; a list shows that another answered.
        coalesce(landed.looks > landed.failed_looks or landed.listed > 0, false) as is_collected,
        coalesce(landed.looks, 0) as looks,
        coalesce(landed.failed_looks, 0) as failed_looks,
        landed.tls_verified,
        coalesce(landed.lost_items, false) as lost_items,
        {% for status in statuses -%}
            coalesce(landed.{{ status }}, 0) as {{ status }},
        {% endfor -%}
        coalesce(landed.listed, 0) as listed,
        coalesce(landed.found, 0) as found
    from configured
    full join landed using (edition, source_id)
),

first_sights as (
    select
        first_seen_edition as edition,
        source_id,
        case when published_at is null then 'none' else coalesce(published_method, 'none') end
            as method,
        published_precision in ('second', 'minute') as is_timed,
        date_diff('minute', published_at, first_seen_at) as delay_minutes
    from {{ ref('dim_article') }}
),

delays as (
    select
        edition,
        source_id,
        median(delay_minutes) filter (where is_timed) as median_delay_minutes
    from first_sights
    group by edition, source_id
),

methods as (
    select
        edition,
        source_id,
        method,
        count(*) / sum(count(*)) over (partition by edition, source_id) as share
    from first_sights
    group by edition, source_id, method
),

dates as (
    select
        edition,
        source_id,
        map_from_entries(
            list(struct_pack(method := method, share := share::double) order by method)
        ) as date_method_shares
    from methods
    group by edition, source_id
)

select
    outlets.edition,
    outlets.source_id,
    outlets.feed_status,
    outlets.is_collected,
    outlets.looks,
    outlets.failed_looks,
    outlets.tls_verified,
    outlets.lost_items,
    outlets.listed = 0
    and outlets.feed_status <> 'not_collected'
    and coalesce(
        max(outlets.listed) over (
            partition by outlets.source_id
            order by outlets.edition
            rows between unbounded preceding and 1 preceding
        ) > 0,
        false
    ) as is_silent,
    outlets.found,
    outlets.listed,
    {% for status in statuses -%}
        outlets.{{ status }},
    {% endfor -%}
    delays.median_delay_minutes,
    dates.date_method_shares
from outlets
left join delays using (edition, source_id)
left join dates using (edition, source_id)
