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
where v.article_id in (select unnest($article_ids))
order by v.article_id, v.edition, v.seen_at, v.version_id
