{{ config(pre_hook="{{ delete_touched_editions() }}") }}

select
    edition,
    source_id,
    url,
    status,
    reason,
    http_status
from {{ ref('stg_disposition') }}
