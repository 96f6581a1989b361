-- What has this edition, and what has an edition usually? Usual are those of the 28 days before
-- that cover the same kind of day (a weekend's or not), without the very first, which found what
-- had gathered; of each, what the outlets of this edition gave. Below 14 such editions of any kind
-- nothing is usual yet. Low and high are the 5th and 95th percentile.
with earlier as (
    select
        e.edition,
        (isodow(e.edition - 1) >= 6) = (isodow($edition - 1) >= 6) as is_alike
    from meta.edition as e
    where
        e.edition between $edition - 28 and $edition - 1
        and e.edition > (select min(edition) from meta.edition)
),

edition as (
    select
        earlier.edition,
        earlier.is_alike
    from earlier
    union all
    select
        $edition as edition,
        null as is_alike
),

new_article as (
    select
        a.first_seen_edition as edition,
        a.article_id,
        a.story_id,
        case
            when a.syndication_id <> 'syn-' || a.article_id then null
            when a.origin in ('agency', 'press_release') then a.origin
            else s.owner_id
        end as reporter
    from marts.dim_article as a
    inner join marts.dim_source as s on a.source_id = s.source_id
    where
        a.first_seen_edition between $edition - 28 and $edition
        and a.source_id in (
            select f.source_id
            from quality.fct_source_edition as f
            where f.edition = $edition
        )
),

themed as (
    select distinct t.article_id
    from marts.fct_article_theme as t
    inner join new_article as n on t.article_id = n.article_id
),

new_story as (
    select
        n.edition,
        n.story_id,
        count(*) as articles,
        count(distinct n.reporter) as reporters,
        bool_or(t.article_id is not null) as has_theme
    from new_article as n
    left join themed as t on n.article_id = t.article_id
    group by n.edition, n.story_id
),

risen as (
    select
        d.published_day + 1 as edition,
        count(*) as themes
    from marts.fct_theme_daily as d
    where
        d.is_burst
        and d.scope = 'with_descendants'
        and d.published_day between $edition - 29 and $edition - 1
    group by d.published_day
),

measured as (
    select
        e.edition,
        e.is_alike,
        coalesce(sum(n.articles), 0) as articles,
        count(n.story_id) as stories,
        coalesce(max(n.reporters) filter (where n.has_theme), 0) as most_owners,
        coalesce(any_value(r.themes), 0) as themes_risen
    from edition as e
    left join new_story as n on e.edition = n.edition
    left join risen as r on e.edition = r.edition
    group by e.edition, e.is_alike
),

measure as (
    unpivot (
        select
            measured.edition,
            measured.is_alike,
            measured.articles::integer as articles,
            measured.stories::integer as stories,
            measured.most_owners::integer as most_owners,
            measured.themes_risen::integer as themes_risen
        from measured
    )
    on articles, stories, most_owners, themes_risen
    into name measure value counted
)

select
    m.measure,
    any_value(m.counted) filter (where m.edition = $edition) as counted,
    count(*) filter (where m.edition < $edition) as editions_known,
    case
        when count(*) filter (where m.edition < $edition) >= 14
            then quantile_disc(m.counted, 0.05) filter (where m.is_alike)
    end as low,
    case
        when count(*) filter (where m.edition < $edition) >= 14
            then median(m.counted) filter (where m.is_alike)
    end as usual,
    case
        when count(*) filter (where m.edition < $edition) >= 14
            then quantile_disc(m.counted, 0.95) filter (where m.is_alike)
    end as high
from measure as m
group by m.measure
order by m.measure
