-- What did the quality gate stop or warn of in the last four weeks, and who decided about it?
with newest as (
    select max(edition) as edition
    from meta.edition
)

select
    result.edition,
    result.severity,
    result.suite,
    result.expectation,
    result.observed,
    result.sentence,
    result.publication_id is null as was_stopped,
    result.overridden_by
from quality.expectation_result as result
inner join newest on result.edition > newest.edition - 28
where not result.success
order by result.edition desc, result.severity asc, result.expectation asc
