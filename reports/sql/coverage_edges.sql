-- Which editions come next, before the first and after the last that a page of coverage shows?
select
    max(f.edition) filter (where f.edition < $first) as earlier,
    min(f.edition) filter (where f.edition > $last) as later
from quality.fct_source_edition as f
