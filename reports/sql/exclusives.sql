-- Which new stories has only one outlet, of several that were reached, as its own report? The
-- strongest of each theme first; those that are shown as new stories already are left out.
with carried as (
    select
        a.story_id,
        t.theme_id,
        sum(t.score) as score
    from marts.dim_article as a
    inner join marts.fct_article_theme as t on a.article_id = t.article_id
    where a.first_seen_edition = $edition
    group by a.story_id, t.theme_id
),

themed as (
    select
        c.story_id,
        arg_max(c.theme_id, (c.score, c.theme_id)) as theme_id,
        sum(c.score) as score
    from carried as c
    group by c.story_id
),

told as (
    select
        a.story_id,
        count(distinct a.source_id) as outlets
    from marts.dim_article as a
    where a.story_id in (select t.story_id from themed as t)
    group by a.story_id
)

select
    s.story_id,
    lead.title,
    lead.article_id,
    lead.version_id,
    lead.url,
    source.name as outlet,
    th.name as theme
from marts.dim_story as s
inner join themed as t on s.story_id = t.story_id
inner join told on s.story_id = told.story_id
inner join marts.dim_theme as th on t.theme_id = th.theme_id
inner join marts.dim_article as lead on s.lead_article_id = lead.article_id
inner join marts.dim_source as source on lead.source_id = source.source_id
where
    s.first_seen_edition = $edition
    and told.outlets = 1
    and lead.origin not in ('agency', 'press_release')
    and lead.genre = 'news'
    and lead.removed_at is null
    and not list_contains($story_ids, s.story_id)
    and (
        select count(*) filter (where f.is_collected) > 1
        from quality.fct_source_edition as f
        where f.edition = $edition
    )
order by
    row_number() over (partition by t.theme_id order by t.score desc, s.story_id asc) asc,
    t.score desc,
    s.story_id asc
limit $most
