-- What links Amazon, with everything it owned on that day, to data-centre labour?
with amazon as (
    select
        entity_id,
        valid_from,
        valid_to
    from marts.bridge_entity_ancestor
    where ancestor_id = 'amazon'
),

labour as (
    select theme_id
    from marts.bridge_theme_ancestor
    where ancestor_id = 'data-centre-labour'
)

select distinct
    article.published_day,
    entity.name as entity,
    source.name as outlet,
    article.title,
    article.url
from marts.fct_article_theme
inner join labour using (theme_id)
inner join marts.fct_article_entity as named using (article_id)
inner join amazon on named.entity_id = amazon.entity_id
inner join marts.dim_article as article using (article_id)
inner join marts.dim_entity as entity on named.entity_id = entity.entity_id
inner join marts.dim_source as source on article.source_id = source.source_id
where
    article.published_day >= coalesce(amazon.valid_from, date '0001-01-01')
    and article.published_day < coalesce(amazon.valid_to, date '9999-12-31')
order by article.published_day desc, entity.name asc, article.url asc
