-- Give me fifty sentences on training data and copyright, with their rights, for a spreadsheet.
select
    evidence.published_day,
    evidence.outlet,
    evidence.owner,
    evidence.theme,
    array_to_string(string_split(evidence.sentence, ' ')[1:40], ' ') as quotation,
    array_to_string(evidence.entities, '; ') as entities,
    evidence.title,
    evidence.url,
    source.licence,
    source.may_export_text,
    article.tdm_reserved
from marts.evidence as evidence
inner join marts.dim_source as source using (source_id)
inner join marts.dim_article as article using (article_id)
where evidence.theme_id in ('copyright-suits', 'licensing-deals', 'training-data-privacy')
order by
    evidence.weight desc,
    evidence.published_day desc,
    evidence.article_id asc,
    evidence.sentence_no asc
limit 50
