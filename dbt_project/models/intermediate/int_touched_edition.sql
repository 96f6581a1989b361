-- Editions whose rows are deleted and, but for withdrawn ones, inserted again.
select
    edition,
    state
from {{ ref('stg_edition') }}
where state in ('new', 'changed', 'withdrawn')
