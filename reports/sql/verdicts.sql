-- What did the gate check in this run, and which expectations failed?
select
    r.suite,
    r.expectation,
    r.table_name,
    r.severity,
    r.success,
    r.observed,
    r.sentence,
    r.overridden_by
from quality.expectation_result as r
where r.publication_id = $publication_id
order by r.success, r.severity, r.suite, r.expectation, r.table_name, r.column_name, r.observed
