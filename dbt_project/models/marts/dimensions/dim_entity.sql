-- The gazetteer, whose entries keep their last row when they leave it; what articles name of a
-- knowledge base; and every name that was only found in articles, under its commonest spelling.
{{
    config(
        incremental_strategy='delete+insert',
        unique_key='entity_id',
        pre_hook="{{ delete_found_entities() }}"
    )
}}

with configured as (
    select * from {{ ref('stg_entity') }}
),

known as (
    select * from {{ ref('stg_kb_entity') }}
    where entity_id not in (select entity_id from configured)
),

spellings as (
    select
        entity_id,
        surface,
        count(*) as mentions
    from {{ ref('fct_entity_mention') }}
    where
        entity_id not in (select entity_id from configured)
        and entity_id not in (select entity_id from known)
        {% if is_incremental() %}
            and entity_id not in (select entity_id from {{ this }})
        {% endif %}
    group by entity_id, surface
),

found as (
    select
        entity_id,
        surface as name,
        case when entity_id like 'local:%' then split_part(entity_id, ':', 2) else 'OTHER' end
            as entity_type
    from spellings
    qualify row_number() over (partition by entity_id order by mentions desc, surface asc) = 1
),

all_entities as (
    select * from configured
    union all by name
    select * from known
    union all by name
    select * from found
)

select
    entity_id,
    name,
    entity_type,
    wikidata_qid,
    country,
    parent_id,
    relation,
    parent_from,
    parent_to,
    retired_in_edition
from all_entities
