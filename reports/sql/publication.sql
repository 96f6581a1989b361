-- Which publication is this, what did the gate say, and with what was the one before it made?
with before as (
    select *
    from meta.publication
    where publication_id < $publication_id
    order by publication_id desc
    limit 1
)

select
    p.publication_id,
    p.base_publication_id,
    p.edition,
    p.published_at,
    p.dag_run_id,
    p.gate_result,
    p.taxonomy_version,
    p.extractor_version,
    p.code_version,
    b.taxonomy_version as taxonomy_before,
    b.extractor_version as extractor_before
from meta.publication as p
left join before as b on true
where p.publication_id = $publication_id
