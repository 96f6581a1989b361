-- The same pair may have landed with both of its editions.
with source as (
    select * from {{ source('raw', 'near_duplicate') }}
),

renamed as (
    select distinct
        article_id_a,
        version_id_a,
        article_id_b,
        version_id_b
    from source
)

select * from renamed
