-- What became of every outlet in this edition?
select
    s.name as outlet,
    s.owner,
    f.* exclude (date_method_shares)
from quality.fct_source_edition as f
inner join marts.dim_source as s on f.source_id = s.source_id
where f.edition = $edition
order by s.name, f.source_id
