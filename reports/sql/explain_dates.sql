-- Which dates do the pages of these articles give?
select
    d.article_id,
    d.method,
    d.value,
    d.precision,
    d.is_chosen
from marts.article_date_candidate as d
where list_contains($article_ids, d.article_id)
order by d.article_id, d.is_chosen desc, d.method, d.value
