-- Who had each data leak first, and which other owners followed within a day?
with leaks as (
    select distinct
        article.article_id,
        article.story_id,
        article.title,
        coalesce(article.published_at, article.first_seen_at) as told_at,
        source.name as outlet,
        source.owner
    from marts.fct_article_theme
    inner join marts.bridge_theme_ancestor as branch using (theme_id)
    inner join marts.dim_article as article using (article_id)
    inner join marts.dim_source as source using (source_id)
    where branch.ancestor_id in ('data-breaches', 'employee-data-privacy')
),

first_reports as (
    select *
    from leaks
    qualify row_number() over (partition by story_id order by told_at, article_id) = 1
)

select
    first_reports.told_at as first_told_at,
    first_reports.outlet as first_outlet,
    first_reports.title,
    coalesce(
        list(distinct later.owner order by later.owner)
        filter (where later.told_at <= first_reports.told_at + interval 1 day),
        []
    ) as owners_within_a_day
from first_reports
left join leaks as later
    on first_reports.story_id = later.story_id and first_reports.owner <> later.owner
group by first_reports.story_id, first_told_at, first_outlet, first_reports.title
order by first_told_at desc, first_reports.title asc
