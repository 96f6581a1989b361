with source as (
    select * from {{ source('raw', 'mention') }}
),

renamed as (
    select
        edition,
        article_id,
        version_id,
        entity_id,
        entity_type,
        sentence_no,
        section,
        char_start,
        char_end,
        surface,
        method,
        confidence,
        link_rule,
        link_confidence,
        extractor_version
    from source
)

select * from renamed
