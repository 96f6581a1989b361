-- What did earlier briefs of the last four weeks print, each figure as it was printed last?
select
    f.sql,
    max(f.publication_id) as publication_id,
    arg_max(f.edition, f.publication_id) as edition,
    arg_max(f.figure, f.publication_id) as figure,
    arg_max(f.value, f.publication_id) as value
from meta.brief_figure as f
where
    f.publication_id < $publication_id
    and f.edition between $edition::date - 28 and $edition::date
group by f.sql
order by edition, publication_id, figure
