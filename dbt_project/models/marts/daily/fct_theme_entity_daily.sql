{{ config(pre_hook="{{ delete_touched_days(changed_only=true) }}") }}

with same_sentence as (
    select distinct
        article_id,
        theme_id,
        entity_id,
        true as is_same_sentence
    from {{ ref('fct_theme_entity_evidence') }}
)

select
    articles.published_day,
    themes.theme_id,
    entities.entity_id,
    count(distinct articles.article_id) as articles,
    count(distinct articles.story_id) as stories,
    count(distinct articles.story_id) filter (
        where same_sentence.is_same_sentence
    ) as stories_same_sentence
from {{ ref('int_counted_article') }} as articles
inner join {{ ref('fct_article_theme') }} as themes on articles.article_id = themes.article_id
inner join {{ ref('fct_article_entity') }} as entities on articles.article_id = entities.article_id
left join same_sentence
    on
        articles.article_id = same_sentence.article_id
        and themes.theme_id = same_sentence.theme_id
        and entities.entity_id = same_sentence.entity_id
where articles.is_changed
group by articles.published_day, themes.theme_id, entities.entity_id
