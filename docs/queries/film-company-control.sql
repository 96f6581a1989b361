-- Where do a film title, an AI company and creative control stand in one sentence?
with named as (
    select
        evidence.article_id,
        evidence.sentence_no,
        entity.entity_id,
        entity.entity_type,
        entity.name
    from marts.fct_theme_entity_evidence as evidence
    inner join marts.dim_entity as entity using (entity_id)
    where evidence.theme_id = 'creative-control'
)

select distinct
    evidence.published_day,
    evidence.outlet,
    film.name as film,
    company.name as company,
    evidence.sentence,
    evidence.url
from marts.evidence as evidence
inner join named as film using (article_id, sentence_no)
inner join named as company using (article_id, sentence_no)
where
    evidence.theme_id = 'creative-control'
    and film.entity_type = 'WORK'
    and company.entity_type = 'ORG'
    and company.entity_id not like 'local:%'
order by evidence.published_day desc, evidence.url asc, film asc, company asc
