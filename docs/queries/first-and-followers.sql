-- Who had each data leak first, and which other owners followed within a day?
with leaks as (
    -- Where no time is known, a report counts from the latest that it can have been told: the end
    -- of its day, or when we saw it. So it is never before one that says its time on that day.
    select distinct
        article.article_id,
        article.story_id,
        article.title,
        source.name as outlet,
        source.owner,
        case
            when article.published_precision in ('second', 'minute') then article.published_at
        end as timed_at,
        least(
            case
                when article.published_precision = 'day' then article.published_at + interval 1 day
                else timed_at
            end,
            article.first_seen_at
        ) as told_by
    from marts.fct_article_theme
    inner join marts.bridge_theme_ancestor as branch using (theme_id)
    inner join marts.dim_article as article using (article_id)
    inner join marts.dim_source as source using (source_id)
    -- Leaks of staff data are in it; 'employee-data-privacy' is also what employers record.
    where branch.ancestor_id = 'data-breaches'
),

first_reports as (
    select *
    from leaks
    qualify
        row_number() over (
            partition by story_id
            order by told_by, timed_at nulls last, article_id
        ) = 1
)

select
    first_reports.told_by as first_told_by,
    first_reports.timed_at is not null as time_is_known,
    first_reports.outlet as first_outlet,
    first_reports.title,
    coalesce(
        list(distinct later.owner order by later.owner)
        filter (where later.told_by <= first_reports.told_by + interval 1 day),
        []
    ) as owners_within_a_day
from first_reports
left join leaks as later
    on first_reports.story_id = later.story_id and first_reports.owner <> later.owner
group by
    first_reports.story_id, first_told_by, time_is_known, first_outlet, first_reports.title
order by first_told_by desc, first_reports.title asc
