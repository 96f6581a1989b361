-- Groups of nearly equal texts: the connected components over near-duplicate pairs of current
-- wordings. The lead is the article seen in the earliest edition, then published first.
-- (`using key` is unknown to the linter.)
with recursive ranked as (  -- noqa: PRS
    select
        article_id,
        version_id,
        row_number() over (
            order by first_seen_edition, published_at nulls last, article_id
        ) as lead_rank
    from {{ ref('int_article') }}
),

pairs as (
    select
        left_article.article_id as article_id_a,
        right_article.article_id as article_id_b
    from {{ ref('stg_near_duplicate') }} as near_duplicates
    inner join ranked as left_article
        on
            near_duplicates.article_id_a = left_article.article_id
            and near_duplicates.version_id_a = left_article.version_id
    inner join ranked as right_article
        on
            near_duplicates.article_id_b = right_article.article_id
            and near_duplicates.version_id_b = right_article.version_id
),

neighbours as (
    select
        article_id_a as article_id,
        article_id_b as neighbour_id
    from pairs
    union
    select
        article_id_b as article_id,
        article_id_a as neighbour_id
    from pairs
),

-- Every article takes over the smallest rank among its neighbours until nothing changes.
component (article_id, lead_rank) using key (article_id) as (
    select
        article_id,
        lead_rank
    from ranked
    union
    select
        neighbours.neighbour_id as article_id,
        min(component.lead_rank) as lead_rank
    from component
    inner join neighbours on component.article_id = neighbours.article_id
    inner join recurring.component as known on neighbours.neighbour_id = known.article_id
    where component.lead_rank < known.lead_rank
    group by neighbours.neighbour_id
)

select
    component.article_id,
    leads.article_id as lead_article_id,
    'syn-' || leads.article_id as syndication_id,
    component.article_id = leads.article_id as is_lead
from component
inner join ranked as leads on component.lead_rank = leads.lead_rank
