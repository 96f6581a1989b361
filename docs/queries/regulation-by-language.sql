-- What share of each language's stories is about regulation, of those that could be read whole?
with analysed as (
    select
        article_id,
        story_id,
        language
    from marts.dim_article
    where analysis_level = 'full' and not is_truncated
),

regulation as (
    select distinct about.article_id
    from marts.fct_article_theme as about
    inner join marts.bridge_theme_ancestor as branch using (theme_id)
    where branch.ancestor_id = 'regulation'
)

select
    analysed.language,
    count(distinct analysed.story_id) as stories,
    count(distinct analysed.story_id) filter (where regulation.article_id is not null)
        as about_regulation,
    round(about_regulation / stories, 4) as share
from analysed
left join regulation using (article_id)
group by analysed.language
order by stories desc, analysed.language asc
