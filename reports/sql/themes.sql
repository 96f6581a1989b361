-- Which themes do this edition's new articles carry, and was the last whole day like the others?
-- Articles, stories and owners are those new in this edition; what begins with day_ is what was
-- published on the day before it, which the usual band (low to high stories a day) is about.
-- A theme counts its sub-themes' articles, too; `has_own_articles` where it has some itself.
with new_article as (
    select
        a.article_id,
        a.story_id,
        s.owner_id
    from marts.dim_article as a
    inner join marts.dim_source as s on a.source_id = s.source_id
    where a.first_seen_edition = $edition
),

themed as (
    select
        b.ancestor_id as theme_id,
        bool_or(b.ancestor_id = t.theme_id) as has_own_articles,
        count(distinct n.article_id) as articles,
        count(distinct n.story_id) as stories,
        count(distinct n.owner_id) as owners
    from new_article as n
    inner join marts.fct_article_theme as t on n.article_id = t.article_id
    inner join marts.bridge_theme_ancestor as b on t.theme_id = b.theme_id
    group by b.ancestor_id
),

last_day as (
    select d.*
    from marts.fct_theme_daily as d
    where d.scope = 'with_descendants' and d.published_day = $edition - 1
)

select
    th.theme_id,
    th.name,
    parent.name as parent_name,
    th.eval_precision,
    th.eval_n,
    coalesce(t.has_own_articles, false) as has_own_articles,
    coalesce(t.articles, 0) as articles,
    coalesce(t.stories, 0) as stories,
    coalesce(t.owners, 0) as owners,
    $edition - 1 as day,
    coalesce(d.stories, 0) as day_stories,
    coalesce(d.articles, 0) as day_articles,
    coalesce(d.owners_reporting, 0) as day_owners_reporting,
    round(100 * d.share_of_stories)::integer as day_percent,
    coalesce(d.baseline_days, 0) as baseline_days,
    d.expected,
    d.low,
    d.high,
    d.p_value,
    d.is_burst
from marts.dim_theme as th
left join themed as t on th.theme_id = t.theme_id
left join last_day as d on th.theme_id = d.theme_id
left join marts.dim_theme as parent on th.parent_theme_id = parent.theme_id
where t.theme_id is not null or d.stories > 0 or d.low > 0
order by
    d.is_burst is true desc,
    case when d.is_burst then d.p_value end asc,
    d.stories < d.low desc,
    coalesce(d.stories, 0) + coalesce(t.stories, 0) desc,
    th.theme_id asc
