-- A chain of links holds while all of its links hold; its relation is that of its first link.
{{ config(pre_hook="{{ delete_all() }}") }}

with recursive links as (
    select
        children.entity_id,
        children.parent_id,
        children.relation,
        children.parent_from,
        children.parent_to
    from {{ ref('dim_entity') }} as children
    inner join {{ ref('dim_entity') }} as parents on children.parent_id = parents.entity_id
),

ancestors as (
    select
        entity_id,
        entity_id as ancestor_id,
        0 as depth,
        null::varchar as relation,
        null::date as valid_from,
        null::date as valid_to
    from {{ ref('dim_entity') }}
    union all
    select
        ancestors.entity_id,
        links.parent_id as ancestor_id,
        ancestors.depth + 1 as depth,
        coalesce(ancestors.relation, links.relation) as relation,
        greatest(ancestors.valid_from, links.parent_from) as valid_from,
        least(ancestors.valid_to, links.parent_to) as valid_to
    from ancestors
    inner join links on ancestors.ancestor_id = links.entity_id
    -- The configuration refuses cycles; a retired row must not bring one back.
    where ancestors.depth < 8
)

select
    entity_id,
    ancestor_id,
    depth::integer as depth,
    relation,
    valid_from,
    valid_to
from ancestors
qualify row_number() over (partition by entity_id, ancestor_id order by depth) = 1
