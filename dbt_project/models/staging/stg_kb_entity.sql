-- Touched entities of knowledge bases, each as the last edition that names it has it.
with source as (
    select * from {{ source('raw', 'kb_entity') }}
),

renamed as (
    select
        entity_id,
        name,
        entity_type,
        wikidata_qid,
        country,
        parent_id,
        relation,
        parent_from,
        parent_to
    from source
    -- Shards of one edition read one knowledge base: their rows of an entity are equal.
    qualify row_number() over (partition by entity_id order by edition desc) = 1
)

select * from renamed
