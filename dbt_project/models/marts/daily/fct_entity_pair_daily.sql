-- Pairs grow with the square of the names in an article, so a name outside the gazetteer enters
-- only on days when at least two stories have it.
{{ config(pre_hook="{{ delete_touched_days(changed_only=true) }}") }}

with article_entities as (
    select
        articles.article_id,
        articles.published_day,
        articles.story_id,
        entities.entity_id
    from {{ ref('int_counted_article') }} as articles
    inner join {{ ref('fct_article_entity') }} as entities
        on articles.article_id = entities.article_id
    where articles.is_changed
    window entity_day as (partition by articles.published_day, entities.entity_id)
    qualify
        entities.entity_id not like 'local:%'
        or min(articles.story_id) over entity_day <> max(articles.story_id) over entity_day
),

sentence_entities as (
    select distinct
        mentions.article_id,
        mentions.section,
        mentions.sentence_no,
        mentions.entity_id
    from {{ ref('fct_entity_mention') }} as mentions
    semi join article_entities
        on
            mentions.article_id = article_entities.article_id
            and mentions.entity_id = article_entities.entity_id
),

same_sentence as (
    select distinct
        left_mention.article_id,
        left_mention.entity_id as entity_id_a,
        right_mention.entity_id as entity_id_b,
        true as is_same_sentence
    from sentence_entities as left_mention
    inner join sentence_entities as right_mention
        on
            left_mention.article_id = right_mention.article_id
            and left_mention.section = right_mention.section
            and left_mention.sentence_no = right_mention.sentence_no
            and left_mention.entity_id < right_mention.entity_id
),

kin as (
    select
        least(entity_id, ancestor_id) as entity_id_a,
        greatest(entity_id, ancestor_id) as entity_id_b
    from {{ ref('bridge_entity_ancestor') }}
    where depth > 0
),

pairs as (
    select
        left_entity.published_day,
        left_entity.article_id,
        left_entity.story_id,
        left_entity.entity_id as entity_id_a,
        right_entity.entity_id as entity_id_b
    from article_entities as left_entity
    inner join article_entities as right_entity
        on
            left_entity.article_id = right_entity.article_id
            and left_entity.entity_id < right_entity.entity_id
),

pair_stories as (
    select
        pairs.published_day,
        pairs.entity_id_a,
        pairs.entity_id_b,
        pairs.story_id,
        count(*) as articles,
        bool_or(same_sentence.is_same_sentence) as is_same_sentence
    from pairs
    anti join kin
        on pairs.entity_id_a = kin.entity_id_a and pairs.entity_id_b = kin.entity_id_b
    left join same_sentence
        on
            pairs.article_id = same_sentence.article_id
            and pairs.entity_id_a = same_sentence.entity_id_a
            and pairs.entity_id_b = same_sentence.entity_id_b
    group by pairs.published_day, pairs.entity_id_a, pairs.entity_id_b, pairs.story_id
)

select
    published_day,
    entity_id_a,
    entity_id_b,
    sum(articles)::bigint as articles,
    count(*) as stories,
    count(*) filter (where is_same_sentence) as stories_same_sentence
from pair_stories
group by published_day, entity_id_a, entity_id_b
