-- How many stories has each theme whose measured precision is .85 or better?
select
    theme.name as theme,
    theme.eval_precision,
    theme.eval_recall,
    theme.eval_n as labelled_articles,
    count(distinct article.story_id) as stories
from marts.dim_theme as theme
left join marts.fct_article_theme using (theme_id)
left join marts.dim_article as article using (article_id)
where theme.eval_precision >= 0.85
group by theme.theme_id, theme.name, theme.eval_precision, theme.eval_recall, labelled_articles
order by stories desc, theme asc
