{{ config(pre_hook="{{ delete_all() }}") }}

select
    source_id,
    unnest(set_ids) as set_id
from {{ ref('stg_source') }}
