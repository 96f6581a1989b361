-- How did the addresses that each outlet showed end in the newest edition?
with newest as (
    select max(edition) as edition
    from meta.edition
)

select
    source.name as outlet,
    ended.status,
    coalesce(ended.reason, '') as reason,
    count(*) as urls
from quality.fct_disposition as ended
inner join newest using (edition)
inner join marts.dim_source as source using (source_id)
group by outlet, ended.status, reason
order by outlet asc, urls desc, ended.status asc, reason asc
