-- Which publication is this, and what did the gate say?
select
    p.publication_id,
    p.base_publication_id,
    p.edition,
    p.published_at,
    p.dag_run_id,
    p.gate_result,
    p.taxonomy_version,
    p.extractor_version,
    p.code_version
from meta.publication as p
where p.publication_id = $publication_id
