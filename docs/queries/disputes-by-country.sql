-- In which countries are the places that stories of collective bargaining name?
select
    place.country,
    count(distinct article.story_id) as stories,
    count(distinct article.article_id) as articles,
    list(distinct place.name order by place.name) as places
from marts.fct_article_theme as about
inner join marts.dim_article as article using (article_id)
inner join marts.fct_article_entity using (article_id)
inner join marts.dim_entity as place using (entity_id)
where
    about.theme_id = 'collective-bargaining'
    and place.entity_type = 'PLACE'
    and place.country is not null
group by place.country
order by stories desc, place.country asc
