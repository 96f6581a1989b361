-- What each outlet gave in a new or changed edition: a row per discovered URL with its one end,
-- and a row without URL for an outlet that gave none.
with editions as (
    select edition
    from {{ source('raw', 'edition') }}
    where state in ('new', 'changed')
),

reports as (
    select
        edition,
        source_id,
        feed_status,
        lost_items
    from {{ source('raw', 'source_report') }}
),

configured as (
    select
        editions.edition,
        sources.source_id
    from editions
    inner join {{ source('raw', 'source') }} as sources
        on
            editions.edition >= coalesce(sources.active_from, editions.edition)
            and editions.edition <= coalesce(sources.active_to, editions.edition)
            and (
                sources.retired_in_edition is null
                or editions.edition < sources.retired_in_edition
            )
),

outlets as (
    select
        edition,
        source_id,
        coalesce(reports.feed_status, 'not_collected') as feed_status,
        coalesce(reports.lost_items, false) as lost_items
    from configured
    full join reports using (edition, source_id)
),

discovered as (
    select distinct
        edition,
        source_id,
        url,
        true as is_discovered
    from {{ source('raw', 'discovered') }}
),

dispositions as (
    select
        edition,
        source_id,
        url,
        status,
        reason,
        http_status
    from {{ source('raw', 'disposition') }}
),

urls as (
    select
        edition,
        source_id,
        url,
        coalesce(discovered.is_discovered, false) as is_discovered,
        dispositions.status,
        dispositions.reason,
        dispositions.http_status
    from discovered
    full join dispositions using (edition, source_id, url)
)

select
    edition,
    source_id,
    coalesce(outlets.feed_status, 'not_collected') as feed_status,
    coalesce(outlets.lost_items, false) as lost_items,
    urls.url,
    coalesce(urls.is_discovered, false) as is_discovered,
    urls.status,
    urls.reason,
    urls.http_status
from outlets
full join urls using (edition, source_id)
