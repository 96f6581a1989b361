-- When touched articles were seen to have been taken down, and whether that holds still. An article
-- is back once it is fetched in any wording, or looked at again and there.
with sightings as (
    select
        article_id,
        edition,
        fetched_at as seen_at,
        false as is_removed
    from {{ ref('stg_article') }}
    union
    select
        removals.article_id,
        removals.edition,
        removals.seen_at,
        removals.is_removed
    from {{ ref('stg_removal') }} as removals
    inner join {{ ref('int_article') }} as articles
        on
            removals.article_id = articles.article_id
            and removals.edition >= articles.first_seen_edition
),

-- Of two sightings at one moment that of the page counts.
changes as (
    select
        article_id,
        edition,
        seen_at,
        is_removed,
        lag(is_removed) over sighting as was_removed
    from sightings
    window sighting as (partition by article_id order by edition asc, seen_at asc, is_removed desc)
    qualify is_removed is distinct from was_removed
)

select
    article_id,
    edition,
    seen_at,
    lead(edition) over (
        partition by article_id order by edition asc, seen_at asc, is_removed desc
    ) is null as is_in_force
from changes
qualify is_removed and was_removed is not null
