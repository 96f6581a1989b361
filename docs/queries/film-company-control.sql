-- Where do a film title, an AI company and creative control stand in one sentence?
with control as (
    select
        article_id,
        sentence_no,
        published_day,
        outlet,
        sentence,
        url
    from marts.evidence
    where theme_id = 'creative-control'
),

named as (
    select
        mention.article_id,
        mention.sentence_no,
        mention.surface,
        mention.method,
        entity.entity_type,
        entity.name
    from marts.fct_entity_mention as mention
    inner join marts.dim_entity as entity using (entity_id)
    where mention.article_id in (select article_id from control)
)

select distinct
    control.published_day,
    control.outlet,
    film.surface as film,
    company.name as company,
    control.sentence,
    control.url
from control
inner join named as film using (article_id, sentence_no)
inner join named as company using (article_id, sentence_no)
where
    film.entity_type = 'WORK'
    and company.entity_type = 'ORG'
    and company.method = 'gazetteer'
order by control.published_day desc, control.url asc, film asc, company asc
