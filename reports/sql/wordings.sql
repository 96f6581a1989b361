-- How do the given wordings read? (Whole texts: for the comparison on the page, never for a file.)
select
    v.version_id,
    any_value(v.title) as title,
    any_value(v.text) as text
from marts.article_version as v
where list_contains($version_ids, v.version_id)
group by v.version_id
order by v.version_id
