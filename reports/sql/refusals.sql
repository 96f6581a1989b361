-- What was discovered and not loaded, and why?
select
    s.name as outlet,
    d.url,
    d.status,
    d.reason,
    d.http_status
from quality.fct_disposition as d
inner join marts.dim_source as s on d.source_id = s.source_id
where d.edition = $edition and d.status not in ('loaded', 'unchanged')
order by d.status, s.name, d.url
