-- Stories a day for every theme over the last 14 days before the edition's cut-off.
select
    d.theme_id,
    th.name,
    d.published_day,
    d.stories,
    d.articles
from marts.fct_theme_daily as d
inner join marts.dim_theme as th on d.theme_id = th.theme_id
where
    d.scope = 'with_descendants'
    and d.published_day between $edition - interval 14 day and $edition
order by d.theme_id, d.published_day
