with source as (
    select * from {{ source('raw', 'disposition') }}
),

renamed as (
    select
        edition,
        source_id,
        url,
        status,
        reason,
        http_status
    from source
)

select * from renamed
