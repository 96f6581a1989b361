-- Under which terms may the sentences of this edition be quoted?
select
    s.licence,
    string_agg(s.name, ', ' order by s.name) as outlets
from marts.dim_source as s
where
    s.source_id in (
        select a.source_id from marts.dim_article as a
        where a.first_seen_edition = $edition
    )
group by s.licence
order by s.licence
