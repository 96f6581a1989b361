{{ config(pre_hook="{{ delete_all() }}") }}

with recursive ancestors as (
    select
        theme_id,
        theme_id as ancestor_id,
        0 as depth
    from {{ ref('dim_theme') }}
    union all
    select
        ancestors.theme_id,
        themes.parent_theme_id as ancestor_id,
        ancestors.depth + 1 as depth
    from ancestors
    inner join {{ ref('dim_theme') }} as themes on ancestors.ancestor_id = themes.theme_id
    inner join {{ ref('dim_theme') }} as parents on themes.parent_theme_id = parents.theme_id
    -- The configuration refuses cycles; a retired row must not bring one back.
    where ancestors.depth < 8
)

select
    theme_id,
    ancestor_id,
    min(depth)::integer as depth
from ancestors
group by theme_id, ancestor_id
