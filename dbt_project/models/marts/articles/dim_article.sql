{{ config(pre_hook="{{ delete_touched_articles() }}") }}

with corrections as (
    select
        article_id,
        max(seen_at) as corrected_at
    from {{ ref('article_version') }}
    where
        change = 'correction'
        and article_id in (select article_id from {{ ref('int_touched_article') }})
    group by article_id
)

select
    articles.article_id,
    articles.version_id,
    articles.source_id,
    articles.url,
    articles.title,
    articles.authors,
    articles.language,
    articles.published_at,
    articles.published_day,
    articles.published_precision,
    articles.published_method,
    articles.first_seen_at,
    articles.first_seen_edition,
    articles.fetched_at,
    articles.word_count,
    articles.is_truncated,
    articles.analysis_level,
    articles.genre,
    articles.genre_method,
    syndication.syndication_id,
    articles.origin,
    articles.origin_method,
    stories.story_id,
    articles.robots_ai,
    articles.tdm_reserved,
    corrections.corrected_at,
    removals.seen_at as removed_at,
    articles.taxonomy_version,
    articles.extractor_version
from {{ ref('int_article') }} as articles
inner join {{ ref('int_syndication') }} as syndication using (article_id)
inner join {{ ref('int_story') }} as stories using (article_id)
left join corrections using (article_id)
left join {{ ref('int_removal') }} as removals
    on articles.article_id = removals.article_id and removals.is_in_force
