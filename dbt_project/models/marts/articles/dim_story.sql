-- All articles of a touched story are touched, so a story is whole or absent among them. Owners
-- come from the configuration: when that changed, every story is counted again.
{{ config(pre_hook="{{ delete_touched_or_renamed('lead_article_id') }}") }}

with articles as (
    select
        articles.*,
        sources.owner_id,
        articles.syndication_id = 'syn-' || articles.article_id as is_text_lead,
        {{ reporter('articles.origin', 'sources.owner_id') }} as reporter_id,
        articles.story_id = 'story-' || articles.article_id as is_story_lead
    from {{ ref('dim_article') }} as articles
    inner join {{ ref('dim_source') }} as sources on articles.source_id = sources.source_id
    {% if is_incremental() %}
        where articles.story_id not in (select story_id from {{ this }})
    {% endif %}
)

select
    story_id,
    any_value(title) filter (where is_story_lead) as title,
    any_value(article_id) filter (where is_story_lead) as lead_article_id,
    min(published_at) as first_published_at,
    min(first_seen_edition) as first_seen_edition,
    max(first_seen_edition) as last_seen_edition,
    count(*) as articles,
    count(distinct syndication_id) as texts,
    count(distinct owner_id) as owners_printing,
    count(distinct reporter_id) filter (where is_text_lead) as owners_reporting
from articles
group by story_id
