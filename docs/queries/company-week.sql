-- Which themes does an AI company stand beside, this week against the four weeks before?
with newest as (
    select max(published_day) as last_day
    from marts.dim_article
),

named as (
    -- The company or anything of its own, such as a product.
    select distinct entity.article_id
    from marts.fct_article_entity as entity
    inner join marts.bridge_entity_ancestor as branch using (entity_id)
    where branch.ancestor_id = 'openai'
)

select
    theme.name as theme,
    count(distinct article.story_id) filter (where article.published_day > newest.last_day - 7)
        as stories_this_week,
    round(
        count(distinct article.story_id) filter (where article.published_day <= newest.last_day - 7)
        / 4, 2
    ) as stories_a_week_before,
    count(distinct source.owner_id) as owners_printing
from named
inner join marts.dim_article as article using (article_id)
inner join marts.dim_source as source using (source_id)
inner join marts.fct_article_theme as about using (article_id)
inner join marts.dim_theme as theme on about.theme_id = theme.theme_id
inner join newest on article.published_day > newest.last_day - 35
group by theme.theme_id, theme.name
order by stories_this_week desc, stories_a_week_before desc, theme asc
