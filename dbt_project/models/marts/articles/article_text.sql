{{ config(pre_hook="{{ delete_touched_articles() }}") }}

select
    article_id,
    version_id,
    text
from {{ ref('int_article') }}
