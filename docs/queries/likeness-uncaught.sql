-- Which sentences say "likeness" although no theme has them as evidence?
select
    article.published_day,
    source.name as outlet,
    sentence.text as sentence,
    (
        select string_agg(theme.name, ', ' order by theme.name)
        from marts.fct_article_theme as about
        inner join marts.dim_theme as theme using (theme_id)
        where about.article_id = sentence.article_id
    ) as themes_of_the_article,
    article.url
from marts.article_sentence as sentence
inner join marts.dim_article as article using (article_id)
inner join marts.dim_source as source using (source_id)
where
    sentence.text ilike '%likeness%'
    and not exists (
        select 1
        from marts.fct_theme_evidence as evidence
        where
            evidence.article_id = sentence.article_id
            and evidence.sentence_no = sentence.sentence_no
    )
order by article.published_day desc, article.url asc, sentence.sentence_no asc
