with source as (
    select * from {{ source('raw', 'theme_evidence') }}
),

renamed as (
    select
        edition,
        article_id,
        version_id,
        theme_id,
        sentence_no,
        section,
        char_start,
        char_end,
        surface,
        rule_id,
        weight,
        taxonomy_version
    from source
)

select * from renamed
