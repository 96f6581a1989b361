with source as (
    select * from {{ source('raw', 'touched_day') }}
),

renamed as (
    select distinct day
    from source
)

select * from renamed
