-- How much is new in this edition, how late, and which outlets answered? An article is late if it
-- was published on a day before the last edition; the first edition has nothing late.
with new_article as (
    select
        a.article_id,
        a.story_id,
        a.source_id,
        a.published_day,
        a.is_truncated
    from marts.dim_article as a
    where a.first_seen_edition = $edition
),

before as (
    select max(e.edition) as edition
    from meta.edition as e
    where e.edition < $edition
),

outlet as (
    select
        count(*) as configured,
        count(*) filter (where f.is_collected) as reached,
        count(*) filter (where f.is_silent) as silent
    from quality.fct_source_edition as f
    where f.edition = $edition
)

select
    count(n.article_id) as articles,
    count(distinct n.story_id) as stories,
    count(distinct n.source_id) as outlets,
    count(distinct s.owner_id) as owners,
    any_value(outlet.configured) as outlets_configured,
    any_value(outlet.reached) as outlets_reached,
    any_value(outlet.silent) as outlets_silent,
    count(n.article_id) filter (where n.published_day < before.edition) as late,
    count(n.article_id) filter (where n.published_day is null) as undated,
    count(n.article_id) filter (where n.is_truncated) as truncated,
    any_value(before.edition) as edition_before
from outlet
cross join before
left join new_article as n on true
left join marts.dim_source as s on n.source_id = s.source_id
