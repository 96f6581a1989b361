-- The gazetteer, each entry with the list of its aliases.
with source as (
    select * from {{ source('raw', 'entity') }}
),

aliases as (
    select
        entity_id,
        list(
            struct_pack(alias := alias, valid_from := valid_from, valid_to := valid_to)
            order by alias, valid_from, valid_to
        ) as aliases
    from (
        select distinct
            entity_id,
            alias,
            valid_from,
            valid_to
        from {{ source('raw', 'entity_alias') }}
    )
    group by entity_id
),

renamed as (
    select
        source.entity_id,
        source.name,
        source.entity_type,
        source.wikidata_qid,
        source.country,
        source.parent_id,
        source.relation,
        source.parent_from,
        source.parent_to,
        source.retired_in_edition,
        aliases.aliases
    from source
    left join aliases using (entity_id)
)

select * from renamed
