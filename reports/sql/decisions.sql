-- What was decided about this edition, and about any since the publication before this one?
-- (What the gate holds and lets go again by itself stands with the runs that it stopped.)
with before as (
    select max(published_at) as published_at
    from meta.publication
    where publication_id < $publication_id
),

pages as (
    select distinct on (edition, article_id, version_id)
        edition,
        article_id,
        version_id,
        url
    from quality.quarantine
    order by edition, article_id, version_id, url
)

select
    d.decided_at,
    d.decision,
    d.edition,
    d.decided_by,
    d.why,
    d.expectations,
    coalesce(d.url, pages.url, articles.url, d.article_id) as url
from quality.decision as d
cross join before
left join pages
    on
        d.edition = pages.edition
        and d.article_id = pages.article_id
        and d.version_id = pages.version_id
left join marts.dim_article as articles on d.article_id = articles.article_id
where
    (d.edition = $edition or d.decided_at > before.published_at)
    and d.decided_by <> 'gate'
order by d.decided_at
