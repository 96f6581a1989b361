{# The `self` rows of touched days say what a recount of the article-level `fact` says. #}
{% test recounts(model, fact, key) %}

with recounted as (
    select
        articles.published_day,
        facts.{{ key }},
        count(*) as articles,
        count(distinct articles.story_id) as stories
    from {{ fact }} as facts
    inner join {{ ref('dim_article') }} as articles on facts.article_id = articles.article_id
    where articles.published_precision in ('second', 'minute', 'day')
    group by articles.published_day, facts.{{ key }}
),

told as (
    select
        published_day,
        {{ key }},
        articles,
        stories
    from {{ model }}
    where scope = 'self' and articles > 0
)

select *
from told
full join recounted using (published_day, {{ key }})
where
    published_day in (select day from {{ ref('int_touched_day') }})
    and (
        told.articles is distinct from recounted.articles
        or told.stories is distinct from recounted.stories
    )

{% endtest %}
