-- On which themes has one set of outlets stories (two or more), and another that was reached none?
-- A theme counts its sub-themes' stories, too, in both sets; a theme whose stories are all those of
-- one sub-theme is not told beside it.
with new_article as (
    select
        b.set_id,
        a.article_id,
        a.version_id,
        a.story_id,
        a.source_id,
        a.title,
        a.url
    from marts.dim_article as a
    inner join marts.bridge_source_set as b on a.source_id = b.source_id
    where a.first_seen_edition = $edition
),

heard as (
    select distinct b.set_id
    from quality.fct_source_edition as f
    inner join marts.bridge_source_set as b on f.source_id = b.source_id
    where f.edition = $edition and f.is_collected
),

told as (
    select
        n.set_id,
        b.ancestor_id as theme_id,
        count(distinct n.story_id) as stories,
        count(distinct n.source_id) as outlets,
        arg_max(n.article_id, (t.score, n.article_id)) as article_id
    from new_article as n
    inner join marts.fct_article_theme as t on n.article_id = t.article_id
    inner join marts.bridge_theme_ancestor as b on t.theme_id = b.theme_id
    group by n.set_id, b.ancestor_id
),

gap as (
    select
        told.theme_id,
        told.set_id,
        told.stories,
        told.outlets,
        told.article_id,
        string_agg(heard.set_id, ', ' order by heard.set_id) as missing_in
    from told
    inner join heard on true
    left join told as other on told.theme_id = other.theme_id and heard.set_id = other.set_id
    where other.set_id is null and told.stories >= 2
    group by told.theme_id, told.set_id, told.stories, told.outlets, told.article_id
),

narrowed as (
    select distinct
        b.ancestor_id as theme_id,
        narrower.set_id,
        narrower.stories
    from gap as narrower
    inner join marts.bridge_theme_ancestor as b on narrower.theme_id = b.theme_id and b.depth > 0
)

select
    g.theme_id,
    th.name as theme,
    g.set_id,
    g.stories,
    g.outlets,
    g.missing_in,
    a.story_id,
    a.article_id,
    a.version_id,
    a.title,
    a.url,
    s.name as outlet
from gap as g
inner join marts.dim_theme as th on g.theme_id = th.theme_id
inner join marts.dim_article as a on g.article_id = a.article_id
inner join marts.dim_source as s on a.source_id = s.source_id
anti join narrowed as n
    on g.theme_id = n.theme_id and g.set_id = n.set_id and g.stories = n.stories
qualify row_number() over (partition by g.theme_id order by g.stories desc, g.set_id asc) = 1
order by g.stories desc, g.outlets desc, g.theme_id asc
limit $most
