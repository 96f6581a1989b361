-- A row for every entity and day with at least one article. Descendants count while their link to
-- the ancestor holds on the day of publication.
{{ config(pre_hook="{{ delete_touched_days() }}") }}

with article_entities as (
    select
        'self' as scope,
        facts.entity_id,
        articles.*
    from {{ ref('int_counted_article') }} as articles
    inner join {{ ref('fct_article_entity') }} as facts on articles.article_id = facts.article_id
    union all
    select
        'with_descendants' as scope,
        ancestors.ancestor_id as entity_id,
        articles.*
    from {{ ref('int_counted_article') }} as articles
    inner join {{ ref('fct_article_entity') }} as facts on articles.article_id = facts.article_id
    inner join {{ ref('bridge_entity_ancestor') }} as ancestors
        on
            facts.entity_id = ancestors.entity_id
            and articles.published_day >= coalesce(ancestors.valid_from, articles.published_day)
            and (ancestors.valid_to is null or articles.published_day < ancestors.valid_to)
),

counts as (
    select
        published_day,
        entity_id,
        scope,
        {{ story_measures() }}
    from article_entities
    group by published_day, entity_id, scope
),

{{ with_baseline('entity_id') }}
