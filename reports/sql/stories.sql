-- The new stories that carry a theme: those that most owners report first, then those that most
-- print, then the strongest of each theme before the second of any.
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
)

select
    s.story_id,
    lead.title,
    lead.article_id as lead_article_id,
    lead.version_id as lead_version_id,
    lead.url,
    source.name as outlet,
    lead.published_at,
    lead.published_precision,
    lead.genre,
    lead.origin,
    lead.is_truncated,
    lead.removed_at,
    s.articles,
    s.texts,
    s.owners_printing,
    s.owners_reporting,
    th.theme_id,
    th.name as theme,
    th.eval_precision,
    th.eval_n
from marts.dim_story as s
inner join themed as t on s.story_id = t.story_id
inner join marts.dim_theme as th on t.theme_id = th.theme_id
inner join marts.dim_article as lead on s.lead_article_id = lead.article_id
inner join marts.dim_source as source on lead.source_id = source.source_id
where s.first_seen_edition = $edition
order by
    s.owners_reporting desc,
    s.owners_printing desc,
    row_number() over (partition by t.theme_id order by t.score desc, s.story_id asc) asc,
    t.score desc,
    lead.published_at desc nulls last,
    s.story_id asc
limit $most
