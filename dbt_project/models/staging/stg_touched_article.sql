with source as (
    select * from {{ source('raw', 'touched_article') }}
),

renamed as (
    select distinct article_id
    from source
)

select * from renamed
