-- Which people are quoted or named most in sentences about likeness and creative control?
select
    person.name as person,
    count(distinct evidence.story_id) as stories,
    count(distinct source.owner_id) as owners_printing,
    count(*) filter (where evidence.in_quotation) as sentences_in_quotation,
    arg_max(evidence.sentence, evidence.sentence_no) as a_sentence
from marts.evidence as evidence
inner join marts.fct_theme_entity_evidence using (article_id, theme_id, sentence_no)
inner join marts.dim_entity as person using (entity_id)
inner join marts.dim_source as source on evidence.source_id = source.source_id
where
    evidence.theme_id in ('likeness-rights', 'creative-control')
    and person.entity_type = 'PERSON'
group by person.entity_id, person.name
order by stories desc, person asc
