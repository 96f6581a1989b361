-- Touched articles that were looked at again and were gone, or were back.
with source as (
    select * from {{ source('raw', 'removal') }}
),

renamed as (
    select
        edition,
        article_id,
        seen_at::timestamp as seen_at,
        is_removed
    from source
)

select * from renamed
