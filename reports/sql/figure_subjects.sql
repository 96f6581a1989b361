-- What are the stories, themes, outlets and pairs called that these keys of figures are of?
select
    'stories' as list,
    st.story_id as key,
    st.title as name
from marts.dim_story as st
where list_contains($keys, st.story_id)
union all
select
    'themes' as list,
    th.theme_id as key,
    th.name
from marts.dim_theme as th
where list_contains($keys, th.theme_id)
union all
select
    'coverage' as list,
    s.source_id as key,
    s.name
from marts.dim_source as s
where list_contains($keys, s.source_id)
union all
select
    'pairs' as list,
    p.key,
    a.name || ' and ' || b.name as name
from (select unnest($keys) as key) as p
inner join marts.dim_entity as a on split_part(p.key, '+', 1) = a.entity_id
inner join marts.dim_entity as b on split_part(p.key, '+', 2) = b.entity_id
