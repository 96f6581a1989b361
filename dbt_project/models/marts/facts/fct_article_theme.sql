{{ config(pre_hook="{{ delete_touched_articles() }}") }}

select
    themes.article_id,
    themes.version_id,
    themes.theme_id,
    themes.score,
    themes.evidence_count,
    themes.is_primary
from {{ ref('stg_article_theme') }} as themes
semi join {{ ref('int_article') }} as articles
    on
        themes.article_id = articles.article_id
        and themes.version_id = articles.version_id
        and themes.edition = articles.edition
