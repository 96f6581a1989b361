-- Which wordings of these articles were seen, and when were they gone?
select
    v.article_id,
    v.seen_at,
    v.edition,
    v.change,
    v.is_current,
    v.title,
    v.text
from marts.article_version as v
where list_contains($article_ids, v.article_id)
order by v.article_id, v.edition, v.seen_at, v.version_id
