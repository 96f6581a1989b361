-- One row: whether sources, taxonomy or gazetteer differ from those of the base publication.
with source as (
    select * from {{ source('raw', 'configuration') }}
),

renamed as (
    select is_changed
    from source
)

select * from renamed
