-- What is known of these articles, in their current wording?
select
    a.article_id,
    coalesce(a.title, '') as title,
    coalesce(x.text, '') as text,
    coalesce(a.language, 'und') as language,
    a.analysis_level,
    a.taxonomy_version,
    a.extractor_version,
    a.url,
    s.name as outlet,
    s.owner,
    s.licence,
    a.authors,
    a.published_at,
    a.published_precision,
    a.published_method,
    a.first_seen_at,
    a.first_seen_edition,
    a.genre,
    a.genre_method,
    a.origin,
    a.origin_method,
    a.is_truncated,
    a.story_id,
    a.removed_at
from marts.dim_article as a
inner join marts.dim_source as s on a.source_id = s.source_id
inner join marts.article_text as x on a.article_id = x.article_id
where list_contains($article_ids, a.article_id) and list_contains($article_ids, x.article_id)
order by a.article_id
