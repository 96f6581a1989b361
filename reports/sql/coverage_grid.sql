-- Which outlets were collected in which of the last editions, and what became of what they listed?
with shown as (
    select distinct f.edition
    from quality.fct_source_edition as f
    where $until is null or f.edition <= $until
    order by f.edition desc
    limit $most
)

select
    s.name as outlet,
    f.*
from quality.fct_source_edition as f
inner join shown on f.edition = shown.edition
inner join marts.dim_source as s on f.source_id = s.source_id
order by s.name, f.source_id, f.edition
