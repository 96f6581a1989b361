{{ config(pre_hook="{{ delete_touched_articles() }}") }}

select distinct
    evidence.article_id,
    evidence.version_id,
    evidence.theme_id,
    mentions.entity_id,
    evidence.sentence_no,
    evidence.section
from {{ ref('fct_theme_evidence') }} as evidence
inner join {{ ref('fct_entity_mention') }} as mentions
    on
        evidence.article_id = mentions.article_id
        and evidence.section = mentions.section
        and evidence.sentence_no = mentions.sentence_no
where evidence.article_id in (select article_id from {{ ref('int_touched_article') }})
