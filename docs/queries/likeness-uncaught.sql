-- Which sentences of the last four weeks say "likeness" although no theme has them as evidence?
with recent as (
    select
        article.article_id,
        article.published_day,
        article.source_id,
        article.url
    from marts.dim_article as article
    where article.first_seen_edition > (select max(edition) - 28 from meta.edition)
),

said as materialized (
    select
        recent.*,
        told.sentence_no,
        told.text
    from marts.article_sentence as told
    inner join recent using (article_id)
),

uncaught as (
    select said.*
    from said
    where
        said.text ilike '%likeness%'
        and not exists (
            select 1
            from marts.fct_theme_evidence as evidence
            where
                evidence.article_id = said.article_id
                and evidence.sentence_no = said.sentence_no
        )
)

select
    uncaught.published_day,
    source.name as outlet,
    uncaught.text as sentence,
    (
        select string_agg(theme.name, ', ' order by theme.name)
        from marts.fct_article_theme as about
        inner join marts.dim_theme as theme using (theme_id)
        where about.article_id = uncaught.article_id
    ) as themes_of_the_article,
    uncaught.url
from uncaught
inner join marts.dim_source as source using (source_id)
order by uncaught.published_day desc, uncaught.url asc, uncaught.sentence_no asc
