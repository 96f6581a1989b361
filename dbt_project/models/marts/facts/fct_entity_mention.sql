{{ config(pre_hook="{{ delete_touched_articles() }}") }}

select
    mentions.article_id,
    mentions.version_id,
    mentions.entity_id,
    mentions.sentence_no,
    mentions.section,
    mentions.char_start,
    mentions.char_end,
    mentions.surface,
    mentions.method,
    mentions.confidence,
    mentions.link_rule,
    mentions.link_confidence,
    mentions.extractor_version
from {{ ref('stg_mention') }} as mentions
semi join {{ ref('int_article') }} as articles
    on
        mentions.article_id = articles.article_id
        and mentions.version_id = articles.version_id
        and mentions.edition = articles.edition
