-- Who printed the stories shown?
select
    a.story_id,
    a.article_id,
    a.version_id,
    s.name as outlet,
    a.url,
    a.title
from marts.dim_article as a
inner join marts.dim_source as s on a.source_id = s.source_id
where list_contains($story_ids, a.story_id)
order by a.story_id, a.published_at nulls last, a.article_id
