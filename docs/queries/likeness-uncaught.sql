-- Which sentences of the last four weeks say "likeness" although no theme covers likeness rights?
with recent as (
    select
        article.article_id,
        article.published_day,
        article.source_id,
        article.url
    from marts.dim_article as article
    where
        article.first_seen_edition > (select max(edition) - 28 from meta.edition)
        and not exists (
            select 1
            from marts.fct_article_theme as about
            where about.article_id = article.article_id and about.theme_id = 'likeness-rights'
        )
),

sentence as materialized (
    select
        recent.*,
        told.sentence_no,
        told.text
    from marts.article_sentence as told
    inner join recent using (article_id)
)

select
    sentence.published_day,
    source.name as outlet,
    sentence.text as sentence,
    sentence.url
from sentence
inner join marts.dim_source as source using (source_id)
where sentence.text ilike '%likeness%'
order by sentence.published_day desc, sentence.url asc, sentence.sentence_no asc
