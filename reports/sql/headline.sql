-- How much is new in this edition?
with new_article as (
    select
        a.article_id,
        a.story_id,
        a.source_id,
        a.published_day,
        a.is_truncated
    from marts.dim_article as a
    where a.first_seen_edition = $edition
)

select
    count(*) as articles,
    count(distinct n.story_id) as stories,
    count(distinct n.source_id) as outlets,
    count(distinct s.owner_id) as owners,
    count(*) filter (where n.published_day is null) as undated,
    count(*) filter (where n.is_truncated) as truncated,
    (select count(*) from marts.dim_article) as articles_in_all
from new_article as n
left join marts.dim_source as s on n.source_id = s.source_id
