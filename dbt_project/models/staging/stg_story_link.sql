-- The same link may have landed with both of its editions.
with source as (
    select * from {{ source('raw', 'story_link') }}
),

renamed as (
    select distinct
        article_id,
        version_id,
        seen_in,
        earlier_article_id,
        earlier_version_id,
        earlier_seen_in,
        likeness
    from source
)

select * from renamed
