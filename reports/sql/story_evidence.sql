-- For every theme of the given lead articles, the sentence that speaks for it most.
with weighed as (
    select
        e.article_id,
        e.theme_id,
        e.sentence_no,
        sum(e.weight) as weight,
        list(distinct e.surface order by e.surface) as surfaces
    from marts.fct_theme_evidence as e
    where list_contains($article_ids, e.article_id)
    group by e.article_id, e.theme_id, e.sentence_no
)

select
    w.article_id,
    w.theme_id,
    th.name as theme,
    th.eval_precision,
    t.score,
    t.is_primary,
    w.sentence_no,
    w.surfaces,
    s.text as sentence,
    s.in_quotation
from weighed as w
inner join marts.fct_article_theme as t
    on w.article_id = t.article_id and w.theme_id = t.theme_id
inner join marts.dim_theme as th on w.theme_id = th.theme_id
inner join marts.article_sentence as s
    on w.article_id = s.article_id and w.sentence_no = s.sentence_no
qualify
    row_number() over (
        partition by w.article_id, w.theme_id
        -- a sentence of the body says more than the headline that stands above it anyway
        order by s.sentence_no = 0, w.weight desc, w.sentence_no
    ) = 1
order by w.article_id, t.is_primary desc, t.score desc, w.theme_id
