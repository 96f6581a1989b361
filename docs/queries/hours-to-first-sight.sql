-- How many hours pass between publication and our first sight of an article, by outlet?
select
    source.name as outlet,
    count(*) as articles,
    round(median(date_diff('minute', article.published_at, article.first_seen_at) / 60), 1)
        as median_hours,
    round(
        quantile_cont(date_diff('minute', article.published_at, article.first_seen_at) / 60, 0.95),
        1
    )
        as p95_hours
from marts.dim_article as article
inner join marts.dim_source as source using (source_id)
where article.published_precision in ('second', 'minute')
group by source.name
order by median_hours desc, outlet asc
