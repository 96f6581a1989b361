with source as (
    select * from {{ source('raw', 'article_theme') }}
),

renamed as (
    select
        edition,
        article_id,
        version_id,
        theme_id,
        score,
        evidence_count,
        is_primary
    from source
)

select * from renamed
