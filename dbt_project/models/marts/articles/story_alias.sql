-- Story ids of earlier editions that are none any more, because a later edition joined their
-- story to an older one: what every group of texts looked like edition by edition.
{{ config(pre_hook="{{ delete_touched_articles('substr(old_story_id, 5)') }}") }}

-- (`using key` is unknown to the linter.)
with recursive members as (  -- noqa: PRS
    select
        syndication.article_id,
        articles.version_id,
        articles.first_seen_edition,
        syndication.syndication_id,
        row_number() over (
            order by articles.first_seen_edition, articles.published_at nulls last, articles.article_id
        ) as lead_rank
    from {{ ref('int_syndication') }} as syndication
    inner join {{ ref('int_article') }} as articles using (article_id)
    qualify
        min(articles.first_seen_edition) over (partition by syndication.syndication_id)
        < max(articles.first_seen_edition) over (partition by syndication.syndication_id)
),

neighbours as (
    select
        left_member.article_id,
        right_member.article_id as neighbour_id
    from {{ ref('stg_near_duplicate') }} as pairs
    inner join members as left_member
        on
            left_member.article_id = pairs.article_id_a
            and left_member.version_id = pairs.version_id_a
    inner join members as right_member
        on
            right_member.article_id = pairs.article_id_b
            and right_member.version_id = pairs.version_id_b
    union
    select
        right_member.article_id,
        left_member.article_id as neighbour_id
    from {{ ref('stg_near_duplicate') }} as pairs
    inner join members as left_member
        on
            left_member.article_id = pairs.article_id_a
            and left_member.version_id = pairs.version_id_a
    inner join members as right_member
        on
            right_member.article_id = pairs.article_id_b
            and right_member.version_id = pairs.version_id_b
),

-- Each group as it stood after each of the editions that first saw one of its articles.
states as (
    select
        moments.as_of,
        members.article_id,
        members.lead_rank
    from members
    inner join (
        select distinct
            syndication_id,
            first_seen_edition as as_of
        from members
    ) as moments
        on
            members.syndication_id = moments.syndication_id
            and members.first_seen_edition <= moments.as_of
),

component (as_of, article_id, lead_rank) using key (as_of, article_id) as (
    select
        as_of,
        article_id,
        lead_rank
    from states
    union
    select
        known.as_of,
        known.article_id,
        min(component.lead_rank) as lead_rank
    from component
    inner join neighbours on component.article_id = neighbours.article_id
    inner join recurring.component as known
        on
            neighbours.neighbour_id = known.article_id
            and component.as_of = known.as_of
    where component.lead_rank < known.lead_rank
    group by known.as_of, known.article_id
),

former_leads as (
    select
        members.article_id,
        members.syndication_id,
        max(component.as_of) as last_edition
    from component
    inner join members
        on
            component.article_id = members.article_id
            and component.lead_rank = members.lead_rank
    where members.syndication_id <> 'syn-' || members.article_id
    group by members.article_id, members.syndication_id
)

select
    'syn-' || article_id as old_story_id,
    syndication_id as story_id,
    last_edition
from former_leads
