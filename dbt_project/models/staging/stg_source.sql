-- The configured outlets, each with the list of its sets.
with source as (
    select * from {{ source('raw', 'source') }}
),

sets as (
    select
        source_id,
        list(distinct set_id order by set_id) as set_ids
    from {{ source('raw', 'source_set') }}
    group by source_id
),

renamed as (
    select
        source.source_id,
        source.name,
        source.owner_id,
        source.owner,
        source.homepage,
        source.country,
        source.language,
        source.timezone,
        source.kind,
        source.licence,
        source.may_export_text,
        source.active_from,
        source.active_to,
        source.retired_in_edition,
        coalesce(sets.set_ids, []) as set_ids
    from source
    left join sets using (source_id)
)

select * from renamed
