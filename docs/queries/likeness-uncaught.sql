-- Which sentences say "likeness" although no theme of the article covers likeness rights?
select
    article.published_day,
    source.name as outlet,
    sentence.text as sentence,
    article.url
from marts.article_sentence as sentence
inner join marts.dim_article as article using (article_id)
inner join marts.dim_source as source using (source_id)
where
    sentence.text ilike '%likeness%'
    and not exists (
        select 1
        from marts.fct_article_theme as about
        where about.article_id = sentence.article_id and about.theme_id = 'likeness-rights'
    )
order by article.published_day desc, article.url asc, sentence.sentence_no asc
