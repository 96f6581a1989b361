-- The wide table. Its names come from the configuration: when that changed, it is written anew.
{{ config(pre_hook="{{ delete_touched_or_renamed() }}") }}

with spoken as (
    select
        article_id,
        theme_id,
        sentence_no,
        section,
        list(distinct rule_id order by rule_id) as rule_ids,
        max(weight) as weight
    from {{ ref('fct_theme_evidence') }}
    {% if is_incremental() %}
        where article_id not in (select article_id from {{ this }})
    {% endif %}
    group by article_id, theme_id, sentence_no, section
),

-- A name outside the gazetteer is written as it stands in the sentence.
named as (
    select
        mentions.article_id,
        mentions.sentence_no,
        mentions.section,
        mentions.entity_id,
        case
            when mentions.entity_id like 'local:%' then min(mentions.surface)
            else min(entities.name)
        end as name
    from {{ ref('fct_entity_mention') }} as mentions
    inner join {{ ref('dim_entity') }} as entities on mentions.entity_id = entities.entity_id
    semi join spoken
        on
            mentions.article_id = spoken.article_id
            and mentions.sentence_no = spoken.sentence_no
    group by mentions.article_id, mentions.sentence_no, mentions.section, mentions.entity_id
),

entities as (
    select
        article_id,
        sentence_no,
        section,
        list(entity_id order by entity_id) as entity_ids,
        list(name order by entity_id) as names
    from named
    group by article_id, sentence_no, section
)

select
    articles.article_id,
    articles.version_id,
    articles.story_id,
    articles.published_day,
    articles.first_seen_edition,
    articles.source_id,
    sources.name as outlet,
    sources.owner,
    articles.url,
    articles.title,
    spoken.theme_id,
    themes.name as theme,
    spoken.sentence_no,
    spoken.section,
    sentences.text as sentence,
    sentences.in_quotation,
    coalesce(entities.entity_ids, []) as entity_ids,
    coalesce(entities.names, []) as entities,
    spoken.rule_ids,
    spoken.weight
from spoken
inner join {{ ref('dim_article') }} as articles on spoken.article_id = articles.article_id
inner join {{ ref('dim_source') }} as sources on articles.source_id = sources.source_id
inner join {{ ref('dim_theme') }} as themes on spoken.theme_id = themes.theme_id
inner join {{ ref('article_sentence') }} as sentences
    on
        spoken.article_id = sentences.article_id
        and spoken.section = sentences.section
        and spoken.sentence_no = sentences.sentence_no
left join entities
    on
        spoken.article_id = entities.article_id
        and spoken.section = entities.section
        and spoken.sentence_no = entities.sentence_no
