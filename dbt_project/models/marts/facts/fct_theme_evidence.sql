{{ config(pre_hook="{{ delete_touched_articles() }}") }}

select
    evidence.article_id,
    evidence.version_id,
    evidence.theme_id,
    evidence.sentence_no,
    evidence.section,
    evidence.char_start,
    evidence.char_end,
    evidence.surface,
    evidence.rule_id,
    evidence.weight,
    evidence.taxonomy_version
from {{ ref('stg_theme_evidence') }} as evidence
semi join {{ ref('int_article') }} as articles
    on
        evidence.article_id = articles.article_id
        and evidence.version_id = articles.version_id
        and evidence.edition = articles.edition
