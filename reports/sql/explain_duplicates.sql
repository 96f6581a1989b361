-- Who else carries nearly the same text as these articles?
select
    mine.article_id as of_article_id,
    other.article_id,
    s.name as outlet,
    other.title,
    other.url,
    other.published_at,
    other.published_precision,
    other.first_seen_at
from marts.dim_article as mine
inner join marts.dim_article as other
    on mine.syndication_id = other.syndication_id and mine.article_id <> other.article_id
inner join marts.dim_source as s on other.source_id = s.source_id
where list_contains($article_ids, mine.article_id)
order by mine.article_id, other.first_seen_at, other.article_id
