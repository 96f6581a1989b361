-- The new stories that carry a theme: those told by most owners first, then the strongest of
-- each theme before the second of any.
with themed as (
    select
        a.story_id,
        count(distinct t.theme_id) as themes,
        sum(t.score) as score
    from marts.dim_article as a
    inner join marts.fct_article_theme as t on a.article_id = t.article_id
    where a.first_seen_edition = $edition
    group by a.story_id
),

primary_theme as (
    select
        s.story_id,
        t.theme_id
    from marts.dim_story as s
    inner join marts.fct_article_theme as t on s.lead_article_id = t.article_id
    where t.is_primary
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
    s.owners_reporting
from marts.dim_story as s
inner join themed as t on s.story_id = t.story_id
left join primary_theme as p on s.story_id = p.story_id
inner join marts.dim_article as lead on s.lead_article_id = lead.article_id
inner join marts.dim_source as source on lead.source_id = source.source_id
where s.first_seen_edition = $edition
order by
    s.owners_printing desc,
    s.owners_reporting desc,
    row_number() over (partition by p.theme_id order by t.score desc, s.story_id),
    t.score desc,
    lead.published_at desc nulls last,
    s.story_id
limit $most
