with source as (
    select * from {{ source('raw', 'edition') }}
),

renamed as (
    select
        edition,
        state
    from source
)

select * from renamed
