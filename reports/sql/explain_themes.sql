-- Which themes are these articles about, with which score against which threshold?
select
    t.article_id,
    t.theme_id,
    th.name,
    t.score,
    th.threshold,
    t.is_primary,
    th.eval_precision as "precision",
    th.eval_recall as recall,
    th.eval_n as positives
from marts.fct_article_theme as t
inner join marts.dim_theme as th on t.theme_id = th.theme_id
where list_contains($article_ids, t.article_id)
order by t.article_id, t.is_primary desc, t.score desc, t.theme_id
