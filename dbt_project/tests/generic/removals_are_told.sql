{# An article's removed_at is one of its removals, later than its current wording's first sight. #}
{% test removals_are_told(model) %}

select articles.article_id
from {{ model }} as articles
left join {{ ref('article_version') }} as removals
    on
        articles.article_id = removals.article_id
        and articles.removed_at = removals.seen_at
        and removals.change = 'removed'
left join {{ ref('article_version') }} as wordings
    on
        articles.article_id = wordings.article_id
        and wordings.is_current
where
    articles.removed_at is not null
    and (removals.seen_at is null or wordings.edition > removals.edition)

{% endtest %}
