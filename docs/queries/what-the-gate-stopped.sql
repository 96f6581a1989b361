-- What did the quality gate stop or warn of in the last four weeks, and who decided about it?
with newest as (
    select max(edition) as edition
    from meta.edition
),

failed as (
    select
        result.run_id,
        result.edition,
        result.severity,
        result.suite,
        result.expectation,
        result.table_name,
        result.observed,
        result.sentence,
        -- A refused run has warnings as well, and failures that a person had let pass.
        result.publication_id is null
        and result.severity = 'critical'
        and result.overridden_by is null as was_stopped,
        result.overridden_by
    from quality.expectation_result as result
    inner join newest on result.edition > newest.edition - 28
    where not result.success
),

decided as (
    select
        decision.edition,
        decision.decided_by,
        decision.decision,
        decision.expectations,
        decision.article_id,
        strftime(decision.decided_at, '%Y-%m-%d %H:%M:%S')
        || ' ' || decision.decided_by || ': ' || decision.decision || ' (' || decision.why || ')'
            as told
    from quality.decision as decision
    inner join newest on decision.edition > newest.edition - 28
    where decision.decision in ('hold', 'release', 'discard', 'override')
)

select
    failed.edition,
    failed.severity,
    failed.suite,
    failed.expectation,
    failed.observed,
    failed.sentence,
    failed.was_stopped,
    failed.overridden_by,
    string_agg(distinct decided.told, '; ' order by decided.told) as decisions,
    failed.run_id
from failed
left join decided
    on
        failed.edition = decided.edition
        and case
            -- about a row in quarantine; about what it names; of the gate, which stops and lets go
            -- again; or a person's, about the whole edition
            when decided.article_id is not null then failed.table_name = 'landed_quarantine'
            when decided.decision = 'override'
                then list_contains(
                    string_split(decided.expectations, ', '),
                    failed.suite || '/' || failed.expectation
                )
            when decided.decided_by = 'gate' then failed.was_stopped
            else true
        end
group by all
order by
    failed.edition desc, failed.severity asc, failed.expectation asc, failed.run_id asc
