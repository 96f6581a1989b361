with source as (
    select * from {{ source('raw', 'sentence') }}
),

renamed as (
    select
        edition,
        article_id,
        version_id,
        sentence_no,
        section,
        char_start,
        char_end,
        text,
        in_quotation
    from source
)

select * from renamed
