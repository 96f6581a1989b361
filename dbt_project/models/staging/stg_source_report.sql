-- An edition that landed before looks were counted had one.
with source as (
    select * from {{ source('raw', 'source_report') }}
),

renamed as (
    select
        edition,
        source_id,
        feed_status,
        lost_items,
        coalesce(looks, 1) as looks,
        coalesce(failed_looks, (feed_status <> 'ok')::integer) as failed_looks,
        tls_verified
    from source
)

select * from renamed
