{{ config(pre_hook="{{ delete_touched_articles() }}") }}

select
    urls.url,
    urls.article_id,
    bool_or(urls.is_canonical) as is_canonical
from {{ ref('stg_article_url') }} as urls
semi join {{ ref('int_article') }} as articles on urls.article_id = articles.article_id
group by urls.url, urls.article_id
