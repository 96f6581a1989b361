-- The story of every touched article: its first wording points to the earlier one most like it,
-- that article's first wording to a still earlier one, and so on to the first report. What is seen
-- later is nobody's ancestor, so a later edition changes no story.
with recursive first_wording as (
    select
        article_id,
        version_id,
        edition
    from {{ ref('stg_article') }}
    qualify
        row_number() over (
            partition by article_id order by edition, published_at nulls last, version_id
        ) = 1
),

seen as (
    select distinct
        article_id,
        version_id,
        edition
    from {{ ref('stg_article') }}
),

parent as (
    select
        links.article_id,
        links.earlier_article_id
    from {{ ref('stg_story_link') }} as links
    inner join first_wording
        on
            links.article_id = first_wording.article_id
            and links.version_id = first_wording.version_id
            and links.seen_in = first_wording.edition
    inner join seen as earlier
        on
            links.earlier_article_id = earlier.article_id
            and links.earlier_version_id = earlier.version_id
            and links.earlier_seen_in = earlier.edition
    qualify
        row_number() over (
            partition by links.article_id
            order by
                links.likeness desc, links.earlier_seen_in asc, links.earlier_article_id asc,
                links.earlier_version_id asc
        ) = 1
),

descent (article_id, lead_article_id) as (
    select
        article_id,
        article_id as lead_article_id
    from first_wording
    where article_id not in (select article_id from parent)
    union all
    select
        parent.article_id,
        descent.lead_article_id
    from descent
    inner join parent on descent.article_id = parent.earlier_article_id
)

select
    article_id,
    lead_article_id,
    'story-' || lead_article_id as story_id
from descent
