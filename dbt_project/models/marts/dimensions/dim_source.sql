-- An outlet that left the configuration keeps its last row.
{{ config(incremental_strategy='delete+insert', unique_key='source_id') }}

select
    source_id,
    name,
    owner_id,
    owner,
    homepage,
    country,
    language,
    timezone,
    kind,
    licence,
    may_export_text,
    active_from,
    active_to,
    retired_in_edition
from {{ ref('stg_source') }}
