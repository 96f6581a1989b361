-- Where do a film title, an AI company and creative control stand in one sentence?
with films as (
    select
        mention.article_id,
        mention.sentence_no,
        mention.surface as film
    from marts.fct_entity_mention as mention
    inner join marts.dim_entity as entity using (entity_id)
    where entity.entity_type = 'WORK'
),

companies as (
    select
        mention.article_id,
        mention.sentence_no,
        entity.name as company
    from marts.fct_entity_mention as mention
    inner join marts.dim_entity as entity using (entity_id)
    where entity.entity_type = 'ORG' and mention.method = 'gazetteer'
)

select distinct
    evidence.published_day,
    evidence.outlet,
    films.film,
    companies.company,
    evidence.sentence,
    evidence.url
from marts.evidence as evidence
inner join films using (article_id, sentence_no)
inner join companies using (article_id, sentence_no)
where evidence.theme_id = 'creative-control'
order by evidence.published_day desc, evidence.url asc, films.film asc, companies.company asc
