with source as (
    select * from {{ source('raw', 'date_candidate') }}
),

renamed as (
    select
        edition,
        article_id,
        version_id,
        method,
        value::timestamp as value,
        precision,
        is_chosen
    from source
)

select * from renamed
