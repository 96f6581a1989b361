-- Why does each article of the newest edition count for its main theme: which sentence, which rule?
select
    evidence.title,
    evidence.theme,
    about.score,
    theme.threshold,
    theme.eval_precision,
    evidence.rule_ids,
    evidence.sentence
from marts.evidence as evidence
inner join marts.fct_article_theme as about using (article_id, theme_id)
inner join marts.dim_theme as theme using (theme_id)
where
    evidence.first_seen_edition = (select max(edition) from meta.edition)
    and about.is_primary
qualify
    row_number() over (
        partition by evidence.article_id
        order by evidence.weight desc, evidence.sentence_no asc
    ) = 1
order by evidence.title asc
