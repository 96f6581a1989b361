{{ config(pre_hook="{{ delete_all() }}") }}

with aliases as (
    select
        entity_id,
        unnest(aliases) as alias
    from {{ ref('stg_entity') }}
)

select
    entity_id,
    alias.alias as alias,
    alias.valid_from as valid_from,
    alias.valid_to as valid_to
from aliases
