-- Why does each article of the newest edition count for its main theme: which sentence, which rule?
with newest as (
    select max(edition) as edition
    from meta.edition
)

select
    article.title,
    theme.name as theme,
    about.score,
    theme.threshold,
    theme.eval_precision,
    evidence.surface,
    evidence.rule_id,
    sentence.text as sentence
from marts.fct_article_theme as about
inner join marts.dim_article as article using (article_id)
inner join newest on article.first_seen_edition = newest.edition
inner join marts.dim_theme as theme using (theme_id)
inner join marts.fct_theme_evidence as evidence using (article_id, theme_id)
inner join marts.article_sentence as sentence
    on evidence.article_id = sentence.article_id and evidence.sentence_no = sentence.sentence_no
where about.is_primary
qualify
    row_number() over (
        partition by about.article_id
        order by evidence.weight desc, evidence.sentence_no asc, evidence.char_start asc
    ) = 1
order by article.title asc
