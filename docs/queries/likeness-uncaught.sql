-- Which sentences of the last four weeks say "likeness" although no theme has them as evidence?
with likeness as materialized (
    -- The sentence's own edition: the text of earlier ones is not even read.
    select
        article_id,
        sentence_no,
        text
    from marts.article_sentence
    where
        first_seen_edition > (select max(edition) - 28 from meta.edition)
        and (contains(text, 'likeness') or contains(text, 'Likeness'))
),

evidence as (
    select
        article_id,
        sentence_no
    from marts.fct_theme_evidence
    where article_id in (select article_id from likeness)
),

themes as (
    select
        about.article_id,
        string_agg(theme.name, ', ' order by theme.name) as names
    from marts.fct_article_theme as about
    inner join marts.dim_theme as theme using (theme_id)
    where about.article_id in (select article_id from likeness)
    group by about.article_id
)

select
    article.published_day,
    source.name as outlet,
    likeness.text as sentence,
    themes.names as themes_of_the_article,
    article.url
from likeness
anti join evidence using (article_id, sentence_no)
inner join marts.dim_article as article using (article_id)
inner join marts.dim_source as source using (source_id)
left join themes using (article_id)
order by article.published_day desc, article.url asc, likeness.sentence_no asc
