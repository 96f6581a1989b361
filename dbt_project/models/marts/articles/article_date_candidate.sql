{{ config(pre_hook="{{ delete_touched_articles() }}") }}

select distinct
    candidates.article_id,
    candidates.method,
    candidates.value,
    candidates.precision,
    candidates.is_chosen
from {{ ref('stg_date_candidate') }} as candidates
semi join {{ ref('int_article') }} as articles
    on
        candidates.article_id = articles.article_id
        and candidates.version_id = articles.version_id
        and candidates.edition = articles.edition
