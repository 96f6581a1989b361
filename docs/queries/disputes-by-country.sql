-- In which countries are the places that stories of disputes at work name?
select
    place.country,
    count(distinct article.story_id) as stories,
    count(distinct article.article_id) as articles,
    list(distinct place.name order by place.name) as places
from marts.fct_article_theme
inner join marts.bridge_theme_ancestor as branch using (theme_id)
inner join marts.dim_article as article using (article_id)
inner join marts.fct_article_entity using (article_id)
inner join marts.dim_entity as place using (entity_id)
where
    branch.ancestor_id = 'collective-bargaining'
    and place.entity_type = 'PLACE'
    and place.country is not null
group by place.country
order by stories desc, place.country asc
