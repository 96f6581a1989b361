{{ config(pre_hook="{{ delete_all() }}") }}

with names as (
    select
        entity_id,
        unnest(aliases) as name
    from {{ ref('stg_entity') }}
)

select
    entity_id,
    name.alias,
    name.valid_from,
    name.valid_to
from names
