-- How many stories a week does the whole labour branch have, each counted once?
with labour as (
    select distinct about.article_id
    from marts.fct_article_theme as about
    inner join marts.bridge_theme_ancestor as branch using (theme_id)
    where branch.ancestor_id = 'labour'
)

select
    date_trunc('week', article.published_day)::date as week,
    count(distinct article.story_id) as stories,
    count(distinct article.syndication_id) as texts,
    count(*) as articles,
    count(distinct source.owner_id) as owners_printing
from labour
inner join marts.dim_article as article using (article_id)
inner join marts.dim_source as source using (source_id)
where article.published_day is not null
group by week
order by week
