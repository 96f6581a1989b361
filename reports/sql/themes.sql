-- Which themes do this edition's new articles carry, and is that more than usual?
-- A theme is here for its sub-themes' articles, too; `has_own_articles` where it has some itself.
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
    select distinct
        b.ancestor_id as theme_id,
        b.ancestor_id = t.theme_id as is_own,
        n.article_id,
        n.story_id,
        n.owner_id
    from new_article as n
    inner join marts.fct_article_theme as t on n.article_id = t.article_id
    inner join marts.bridge_theme_ancestor as b on t.theme_id = b.theme_id
),

latest as (
    select
        d.theme_id,
        d.baseline_days,
        d.expected,
        d.low,
        d.high,
        d.is_burst
    from marts.fct_theme_daily as d
    where d.scope = 'with_descendants' and d.published_day < $edition
    qualify row_number() over (partition by d.theme_id order by d.published_day desc) = 1
)

select
    t.theme_id,
    th.name,
    parent.name as parent_name,
    th.eval_precision,
    bool_or(t.is_own) as has_own_articles,
    count(distinct t.article_id) as articles,
    count(distinct t.story_id) as stories,
    count(distinct t.owner_id) as owners,
    coalesce(any_value(l.baseline_days), 0) as baseline_days,
    any_value(l.expected) as expected,
    any_value(l.low) as low,
    any_value(l.high) as high,
    any_value(l.is_burst) as is_burst
from themed as t
inner join marts.dim_theme as th on t.theme_id = th.theme_id
left join marts.dim_theme as parent on th.parent_theme_id = parent.theme_id
left join latest as l on t.theme_id = l.theme_id
group by t.theme_id, th.name, parent.name, th.eval_precision
order by stories desc, articles desc, t.theme_id
