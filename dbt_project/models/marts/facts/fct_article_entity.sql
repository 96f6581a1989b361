-- Salience: the entity's share of the article's mentions, one in the title counting threefold.
{{ config(pre_hook="{{ delete_touched_articles() }}") }}

with mentions as (
    select
        article_id,
        version_id,
        entity_id,
        count(*) as mentions,
        bool_or(section = 'title') as in_title,
        sum(case when section = 'title' then 3 else 1 end) as weight
    from {{ ref('fct_entity_mention') }}
    where article_id in (select article_id from {{ ref('int_touched_article') }})
    group by article_id, version_id, entity_id
)

select
    article_id,
    version_id,
    entity_id,
    mentions,
    in_title,
    (weight / sum(weight) over (partition by article_id))::double as salience
from mentions
