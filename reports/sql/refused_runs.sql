-- Which runs did the gate refuse in the week before this edition, and for what?
select
    r.run_id,
    r.edition,
    string_agg(r.expectation, ', ' order by r.expectation) as expectations
from quality.expectation_result as r
where
    r.publication_id is null
    and not r.success
    and r.severity = 'critical'
    and r.edition between $edition - 7 and $edition
group by r.run_id, r.edition
order by r.edition, r.run_id
