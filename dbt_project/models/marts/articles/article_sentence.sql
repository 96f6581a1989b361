{{ config(pre_hook="{{ delete_touched_articles() }}") }}

select
    sentences.article_id,
    sentences.version_id,
    sentences.sentence_no,
    sentences.section,
    sentences.char_start,
    sentences.char_end,
    sentences.text,
    sentences.in_quotation,
    articles.first_seen_edition
from {{ ref('stg_sentence') }} as sentences
inner join {{ ref('int_article') }} as articles
    on
        sentences.article_id = articles.article_id
        and sentences.version_id = articles.version_id
        and sentences.edition = articles.edition
