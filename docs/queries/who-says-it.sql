-- Which people are quoted or named most in sentences about likeness and creative control?
select
    person.name as person,
    count(distinct article.story_id) as stories,
    count(distinct source.owner_id) as owners_printing,
    count(*) filter (where sentence.in_quotation) as sentences_in_quotation,
    arg_max(sentence.text, evidence.sentence_no) as a_sentence
from marts.fct_theme_entity_evidence as evidence
inner join marts.dim_entity as person using (entity_id)
inner join marts.article_sentence as sentence
    on evidence.article_id = sentence.article_id and evidence.sentence_no = sentence.sentence_no
inner join marts.dim_article as article on evidence.article_id = article.article_id
inner join marts.dim_source as source on article.source_id = source.source_id
where
    evidence.theme_id in ('likeness-rights', 'creative-control')
    and person.entity_type = 'PERSON'
group by person.entity_id, person.name
order by stories desc, person asc
