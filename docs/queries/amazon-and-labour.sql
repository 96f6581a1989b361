-- What links Amazon, with everything it owned on that day, to data-centre labour?
with labour as (
    select distinct about.article_id
    from marts.fct_article_theme as about
    inner join marts.bridge_theme_ancestor as branch using (theme_id)
    where branch.ancestor_id = 'data-centre-labour'
),

named as (
    select
        article_id,
        entity_id
    from marts.fct_article_entity
    where article_id in (select article_id from labour)
)

select distinct
    article.published_day,
    entity.name as entity,
    source.name as outlet,
    article.title,
    article.url
from named
inner join marts.bridge_entity_ancestor as owned using (entity_id)
inner join marts.dim_article as article using (article_id)
inner join marts.dim_entity as entity on named.entity_id = entity.entity_id
inner join marts.dim_source as source on article.source_id = source.source_id
where
    owned.ancestor_id = 'amazon'
    and article.published_day >= coalesce(owned.valid_from, date '0001-01-01')
    and article.published_day < coalesce(owned.valid_to, date '9999-12-31')
order by article.published_day desc, entity.name asc, article.url asc
