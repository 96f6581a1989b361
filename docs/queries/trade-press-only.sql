-- Which stories of the last four weeks does the trade press cover and the nationals do not?
with recent as (
    select *
    from marts.dim_story
    where first_seen_edition > (select max(edition) - 28 from meta.edition)
),

sets as (
    select
        article.story_id,
        count(*) filter (where member.set_id = 'trade-press') as in_trade_press,
        count(*) filter (where member.set_id = 'nationals') as in_nationals
    from marts.dim_article as article
    inner join marts.bridge_source_set as member using (source_id)
    where article.story_id in (select story_id from recent)
    group by article.story_id
)

select
    story.first_seen_edition,
    story.title,
    sets.in_trade_press as articles,
    story.owners_reporting,
    lead.url
from recent as story
inner join sets using (story_id)
inner join marts.dim_article as lead on story.lead_article_id = lead.article_id
where sets.in_trade_press > 0 and sets.in_nationals = 0
order by story.first_seen_edition desc, articles desc, story.title asc
