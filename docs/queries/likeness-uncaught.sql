-- Which sentences of the last four weeks say "likeness" although no theme has them as evidence?
with recent as (
    select
        article_id,
        published_day,
        source_id,
        url
    from marts.dim_article
    where first_seen_edition > (select max(edition) - 28 from meta.edition)
),

told as materialized (
    -- First the sentences of four weeks, then their words: else all words ever are searched.
    select
        recent.*,
        sentence.sentence_no,
        sentence.text
    from marts.article_sentence as sentence
    inner join recent using (article_id)
),

likeness as materialized (
    -- `ilike` would cost six times as much, `like` twice.
    select *
    from told
    where contains(text, 'likeness') or contains(text, 'Likeness')
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
    likeness.published_day,
    source.name as outlet,
    likeness.text as sentence,
    themes.names as themes_of_the_article,
    likeness.url
from likeness
anti join evidence using (article_id, sentence_no)
inner join marts.dim_source as source using (source_id)
left join themes using (article_id)
order by likeness.published_day desc, likeness.url asc, likeness.sentence_no asc
