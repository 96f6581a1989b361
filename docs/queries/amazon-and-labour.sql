-- What links Amazon, with all that it owned on that day, to data-centre labour, in which words?
with amazon as (
    select
        entity_id,
        coalesce(valid_from, date '0001-01-01') as valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to
    from marts.bridge_entity_ancestor
    where ancestor_id = 'amazon'
),

spoken as (
    -- The sentence of each article that speaks loudest for the theme or one below it.
    select
        evidence.article_id,
        arg_max(evidence.sentence, (evidence.section = 'body', evidence.weight)) as sentence
    from marts.evidence as evidence
    inner join marts.bridge_theme_ancestor as branch using (theme_id)
    where branch.ancestor_id = 'data-centre-labour'
    group by evidence.article_id
),

named as (
    select
        article_id,
        entity_id
    from marts.fct_article_entity
    where article_id in (select article_id from spoken)
)

select
    article.published_day,
    string_agg(distinct entity.name, ', ' order by entity.name) as entities,
    source.name as outlet,
    article.title,
    spoken.sentence,
    article.url
from spoken
inner join marts.dim_article as article using (article_id)
inner join marts.dim_source as source using (source_id)
inner join named using (article_id)
inner join marts.dim_entity as entity using (entity_id)
inner join amazon
    on
        named.entity_id = amazon.entity_id
        and coalesce(article.published_day, article.first_seen_edition) >= amazon.valid_from
        and coalesce(article.published_day, article.first_seen_edition) < amazon.valid_to
group by
    article.article_id, article.published_day, source.name, article.title, spoken.sentence,
    article.url
order by article.published_day desc, article.url asc
