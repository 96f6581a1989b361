-- Which words of which sentences speak for the themes of these articles?
select
    e.article_id,
    e.theme_id,
    e.section,
    e.char_start as "start",
    e.char_end as "end",
    e.surface,
    e.sentence_no,
    s.text as sentence,
    e.rule_id,
    e.weight
from marts.fct_theme_evidence as e
inner join marts.article_sentence as s
    on e.article_id = s.article_id and e.sentence_no = s.sentence_no
where list_contains($article_ids, e.article_id) and list_contains($article_ids, s.article_id)
order by e.article_id, e.theme_id, e.sentence_no, e.char_start, e.rule_id
