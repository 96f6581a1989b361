-- Which articles are in these stories?
select
    a.story_id,
    a.article_id,
    s.name as outlet,
    a.title,
    a.url,
    a.published_at,
    a.published_precision,
    a.first_seen_at
from marts.dim_article as a
inner join marts.dim_source as s on a.source_id = s.source_id
where list_contains($story_ids, a.story_id)
order by a.story_id, a.published_at nulls last, a.first_seen_at, a.article_id
