with source as (
    select * from {{ source('raw', 'article_url') }}
),

renamed as (
    select
        url,
        article_id,
        is_canonical
    from source
)

select * from renamed
