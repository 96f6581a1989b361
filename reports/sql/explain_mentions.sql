-- Whom do these articles name, where, and by which rule is it that one?
select
    m.article_id,
    m.section,
    m.char_start as "start",
    m.char_end as "end",
    m.surface,
    m.sentence_no,
    m.entity_id,
    e.name,
    e.entity_type,
    e.wikidata_qid as qid,
    m.method,
    m.confidence,
    m.link_rule,
    m.link_confidence
from marts.fct_entity_mention as m
inner join marts.dim_entity as e on m.entity_id = e.entity_id
where list_contains($article_ids, m.article_id)
order by m.article_id, m.sentence_no, m.char_start
